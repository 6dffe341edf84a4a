const { words } = require("text");

// Counts the words of one text; a text without words is a failure.
exports.main = text => {
  const found = words(text);
  if (found.length === 0) throw errors.new({ kind: "Empty", message: "no words in " + JSON.stringify(text) });
  const counts = {};
  for (const word of found) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};
