print([[
x]] == "x", [==[]]]==] == "]]", #[[a
b]])

--> true true 3
