package gopherlua

func checkNesting(path, text string) error { return nil }
