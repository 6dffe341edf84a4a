package lualib

import "math"

// Libraries gives the members of all library tables, by name.
func Libraries() map[string][]Member {
	return map[string][]Member{
		"string":    StringLibrary(),
		"table":     TableLibrary(),
		"math":      MathLibrary(),
		"coroutine": CoroutineLibrary(),
	}
}

// StringLibrary gives the members of the string library, complete (clause 19.6). The
// engine also makes the table the __index of the metatable of strings, whose
// __metatable is false.
func StringLibrary() []Member {
	return []Member{
		{Name: "byte", Func: stringByte},
		{Name: "char", Func: stringChar},
		{Name: "find", Func: stringFind},
		{Name: "format", Func: stringFormat},
		{Name: "gmatch", Func: stringGmatch},
		{Name: "gsub", Func: stringGsub},
		{Name: "len", Func: stringLen},
		{Name: "lower", Func: stringLower},
		{Name: "match", Func: stringMatch},
		{Name: "rep", Func: stringRep},
		{Name: "reverse", Func: stringReverse},
		{Name: "sub", Func: stringSub},
		{Name: "upper", Func: stringUpper},
	}
}

// TableLibrary gives the members of the table library, complete (clause 19.6).
func TableLibrary() []Member {
	return []Member{
		{Name: "concat", Func: tableConcat},
		{Name: "insert", Func: tableInsert},
		{Name: "pack", Func: tablePack},
		{Name: "remove", Func: tableRemove},
		{Name: "sort", Func: tableSort},
		{Name: "unpack", Func: tableUnpack},
	}
}

// MathLibrary gives the members of the math library, complete (clause 19.6).
func MathLibrary() []Member {
	return []Member{
		{Name: "abs", Func: mathFunc("abs", math.Abs)},
		{Name: "acos", Func: mathFunc("acos", math.Acos)},
		{Name: "asin", Func: mathFunc("asin", math.Asin)},
		{Name: "atan", Func: mathFunc("atan", math.Atan)},
		{Name: "atan2", Func: mathFunc2("atan2", math.Atan2)},
		{Name: "ceil", Func: mathFunc("ceil", math.Ceil)},
		{Name: "cos", Func: mathFunc("cos", math.Cos)},
		{Name: "cosh", Func: mathFunc("cosh", math.Cosh)},
		{Name: "deg", Func: mathFunc("deg", func(x float64) float64 { return x / (math.Pi / 180) })},
		{Name: "exp", Func: mathFunc("exp", exp)},
		{Name: "floor", Func: mathFunc("floor", math.Floor)},
		{Name: "fmod", Func: mathFunc2("fmod", math.Mod)},
		{Name: "frexp", Func: mathFrexp},
		{Name: "huge", Number: math.Inf(1)},
		{Name: "ldexp", Func: mathLdexp},
		{Name: "log", Func: mathLog},
		{Name: "log10", Func: mathFunc("log10", log10)},
		{Name: "max", Func: mathMax},
		{Name: "min", Func: mathMin},
		{Name: "modf", Func: mathModf},
		{Name: "pi", Number: math.Pi},
		{Name: "pow", Func: mathFunc2("pow", Power)},
		{Name: "rad", Func: mathFunc("rad", func(x float64) float64 { return x * (math.Pi / 180) })},
		{Name: "random", Func: mathRandom},
		{Name: "randomseed", Func: mathRandomseed},
		{Name: "sin", Func: mathFunc("sin", math.Sin)},
		{Name: "sinh", Func: mathFunc("sinh", math.Sinh)},
		{Name: "sqrt", Func: mathFunc("sqrt", math.Sqrt)},
		{Name: "tan", Func: mathFunc("tan", math.Tan)},
		{Name: "tanh", Func: mathFunc("tanh", math.Tanh)},
	}
}

// Globals gives those global functions of clause 19.5 that this package has.
func Globals() []Member {
	return []Member{
		{Name: "assert", Func: baseAssert},
		{Name: "error", Func: baseError},
		{Name: "print", Func: basePrint},
		{Name: "rawequal", Func: baseRawequal},
		{Name: "select", Func: baseSelect},
		{Name: "tonumber", Func: baseTonumber},
		{Name: "tostring", Func: baseTostring},
		{Name: "type", Func: baseType},
		{Name: "unpack", Func: tableUnpack},
	}
}
