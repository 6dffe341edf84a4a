-- Does its task and exits normally.
return { main = function() return "task completed" end }
