-- Fails at once.
return { main = function() error("WORKER_FAILURE") end }
