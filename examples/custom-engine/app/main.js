// Starts a counter for each text and waits for the end of all.
exports.main = (...texts) => {
  const events = process.events();
  const pids = new Map();
  for (const text of texts) {
    const [pid, err] = process.spawn_monitored("words:counter", "words:processes", text);
    if (err) throw err;
    pids.set(pid, text);
  }
  const total = {};
  while (pids.size > 0) {
    const [event] = events.receive();
    const { value, error } = event.result;
    if (error) print("failed: " + error.kind() + ": " + error);
    for (const word in value ?? {}) total[word] = (total[word] ?? 0) + value[word];
    pids.delete(event.from);
  }
  const sorted = Object.keys(total).sort();
  sorted.forEach(word => print(word, total[word]));
  return sorted.length;
};
