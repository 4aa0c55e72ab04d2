// A library that a plugin needs and brings along.
int far() { return 1; }
