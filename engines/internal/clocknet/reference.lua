-- Reads cases as Lua code, a batch a line, and writes one line for each: its first
-- result in quotes, or that the call raised.
local main = dofile(arg[1]).main
local escapes = { ["\n"] = "\\n", ["\t"] = "\\t", ["\\"] = "\\\\", ['"'] = '\\"' }
for line in io.lines() do
  for _, results in ipairs(main((loadstring or load)("return " .. line)())) do
    print(#results == 0 and "raised" or '"' .. results[1]:gsub("[\n\t\\\"]", escapes) .. '"')
  end
end
