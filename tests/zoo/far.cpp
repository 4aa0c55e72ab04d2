// A library that plugins bring along.
int far() { return 1; }
