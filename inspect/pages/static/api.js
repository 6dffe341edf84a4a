// The API of the node, from which these pages come. Nothing else is ever asked. Addresses
// are relative: an embedding program may serve all this below some path.

const ROOT = "api/v1/";
const TOKEN = "understudy.token"; // in the storage of this tab, which no other server sees

// Refused is an answer that is an error.
export class Refused extends Error {
  constructor(status, error, text) {
    super(error?.message || text || `status ${status}`);
    this.status = status;
    this.error = error || {};
  }
}

// path joins parts, each of any text.
export const path = (...parts) => ROOT + parts.map(encodeURIComponent).join("/");

// query writes parameters; those that say nothing are left out.
function query(parameters) {
  const text = new URLSearchParams(Object.entries(parameters || {}).filter(([, v]) => v !== undefined && v !== null && v !== "" && v !== false)).toString();
  return text && "?" + text;
}

async function ask(address, options = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = { ...options.headers, ...(token && { Authorization: "Bearer " + token }) };
  const answer = await fetch(address, { cache: "no-store", credentials: "omit", ...options, headers });
  if (answer.ok) return answer;
  const text = await answer.text();
  let body;
  try { body = JSON.parse(text); } catch { body = {}; }
  throw new Refused(answer.status, body.error, text.slice(0, 500));
}

const read = async answer => answer.status === 204 ? undefined : answer.json();

export const get = async (address, parameters, signal) => read(await ask(address + query(parameters), { signal }));

export const act = async (method, address, body) => read(await ask(address, {
  method, ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
}));

// signIn keeps a token; which is tried by whatever is asked next.
export const signIn = token => sessionStorage.setItem(TOKEN, token);

// redeem takes the code of the address that run prints, which gives the token once, and
// takes it out of the address.
export async function redeem() {
  const code = /^#code=(.+)$/.exec(location.hash)?.[1];
  if (!code) return;
  history.replaceState(null, "", location.pathname + "#/");
  const { token } = await act("POST", path("session"), { code });
  signIn(token);
}

// listen reads a stream of Server-Sent Events until signal ends it, and goes on behind
// the last event when the connection was lost; of some streams, after: 0 asks for what is
// still known. (An EventSource could not carry the token.)
// handlers: by name of event, each is given the value. onstate is told "live" or
// "connecting", onrefused why the stream is not given.
export async function listen(address, parameters, handlers, { signal, onstate = () => {}, onrefused }) {
  let { after } = parameters, pause = 500;
  while (!signal.aborted) {
    try {
      const answer = await ask(address + query({ ...parameters, after }), { signal, headers: { Accept: "text/event-stream" } });
      onstate("live");
      pause = 500;
      for await (const e of events(answer.body)) {
        if (e.id) after = e.id;
        if (handlers[e.event]) handlers[e.event](JSON.parse(e.data));
        if (e.event === "end") return;
      }
    } catch (e) {
      if (signal.aborted) return;
      if (e instanceof Refused && e.status !== 503) return onrefused(e);
      if (!(e instanceof Refused || e instanceof TypeError)) throw e;
    }
    onstate("connecting");
    await new Promise(later => {
      const timer = setTimeout(later, pause);
      signal.addEventListener("abort", () => { clearTimeout(timer); later(); }, { once: true });
    });
    pause = Math.min(2 * pause, 8000);
  }
}

// events gives those of a stream, as {event, id, data}.
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "", e = {}, chunk;
  while (!(chunk = await reader.read()).done) {
    const lines = (rest + chunk.value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (e.data !== undefined) yield { event: "message", ...e };
        e = {};
        continue;
      }
      const colon = line.indexOf(":"), name = line.slice(0, colon), value = line.slice(colon + 1).replace(/^ /, "");
      if (name === "data") e.data = e.data === undefined ? value : e.data + "\n" + value;
      else if (name) e[name] = value;
    }
  }
}
