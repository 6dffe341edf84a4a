CREATE TABLE IF NOT EXISTS plans (
    id   TEXT PRIMARY KEY,
    expr TEXT NOT NULL,
    zone TEXT NOT NULL DEFAULT 'UTC',
    text TEXT NOT NULL,
    due  INTEGER              -- Unix time; NULL: not worked out yet
);
CREATE INDEX IF NOT EXISTS plans_due ON plans(due);
INSERT INTO plans(id, expr, text) VALUES
    ('tea', '0 16 * * *', 'put the kettle on'),
    ('bins', '30 7 * * THU', 'put the bins out')
ON CONFLICT(id) DO NOTHING;
