// A library: what it puts into exports is what require gives.
exports.words = text => text.toLowerCase().match(/[a-z]+/g) ?? [];
