package main

func Example() {
	main()
	// Output:
	// Ann says: 5 apples for 15
	// Ann says: no plums: not in stock
	// spendthrift: fuel exhausted
	// at closing time: Ann went home
}
