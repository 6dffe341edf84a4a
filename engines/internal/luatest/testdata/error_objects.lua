local e = errors.new{message = "not found", kind = errors.NOT_FOUND, details = {n = {1, 2}}}
print("a " .. e, e .. " b", e .. e, e .. 1, 1 .. e)
print(string.find(e, "found"), e:message(), tostring(e), type(e))
print(string.format("%s", e), string.upper(e), string.len(e))
e:details().n[1] = 5
print(e:details().n[1], e == e, errors.new("x") == errors.new("x"))
print(pcall(function() return e .. {} end))
print(#errors.wrap(e, "c"):stack() > 0, errors.wrap(e, "c"))
print(errors.is(e, errors.NOT_FOUND), errors.is("x", ""), e.nothing)
print(pcall(e.kind, 1))
local t = {[e] = 1} print(t[e])

--> a not found not found b not foundnot found not found1 1not found
--> 5 not found not found userdata
--> not found NOT FOUND 9
--> 1 true false
--> false src/test.lua:7: attempt to concatenate a table value
--> true c: not found
--> true false nil
--> false kind: must be called as a method of an object of type error, with ':'
--> 1
