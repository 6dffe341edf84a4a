-- The same text for SQLite and for PostgreSQL; it runs whenever the database is opened.
CREATE TABLE IF NOT EXISTS stock (
    item TEXT PRIMARY KEY,
    n    INTEGER NOT NULL CHECK (n >= 0)
);
CREATE TABLE IF NOT EXISTS orders (
    id   TEXT PRIMARY KEY, -- a UUID that sorts by time
    item TEXT NOT NULL REFERENCES stock (item),
    at   TEXT NOT NULL
);
INSERT INTO stock (item, n) VALUES ('lamp', 100), ('desk', 50), ('chair', 200)
ON CONFLICT (item) DO NOTHING;
