// Another one, which needs it.
int far();
int near() { return far(); }
