// Shared by the passes of the radix sort: 4 bits a pass, least significant first (Satish, Harris, Garland 2009).
// No subgroup operations: right for subgroups of any size by construction.
const uint kThreads = 256;
const uint kKeysOfThread = 8;
const uint kKeysOfBlock = kThreads * kKeysOfThread;
const uint kDigits = 16;
