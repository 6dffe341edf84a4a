package main

func Example() {
	main()
	// Output:
	// failed: Empty: no words in "42"
	// and 1
	// cat 1
	// dog 1
	// end 1
	// the 3
	// 5 different words
}
