import { el, show } from "./dom.js";
import { get, path, signIn as keep } from "./api.js";

// signIn asks for the token that the node wants, and keeps it for this tab.
export function signIn(main, done) {
  const token = el("input", { type: "password", class: "long", required: true, autocomplete: "current-password" });
  const told = el("p", { class: "hint", role: "status" }, "It is in the file that --inspect-token-file names; the address that run prints needs none.");
  const form = el("form", { class: "controls", onsubmit: async e => {
    e.preventDefault();
    try {
      keep(token.value);
      await get(path("node"));
      done();
    } catch (refused) {
      told.textContent = refused.status === 401 ? "That is not its token." : refused.message;
      token.select();
    }
  } }, el("label", {}, "Token", token), el("button", { class: "main" }, "Go on"));
  show(main, el("h1", {}, "This node asks for its token"), form, told);
  token.focus();
}
