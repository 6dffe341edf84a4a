local p = print
string = 5
p(string, ("x"):len())
print = nil
p(print, _G.print)

--> 5 1
--> nil nil
