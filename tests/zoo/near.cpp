// Another library, which needs far.cpp's.
int far();
int near() { return far(); }
