/** @file disk.h  The files around those that `check` looks at, from the disk. */
#pragma once
#include "worker/surroundings.h"

/** Files below @p root, a folder with a slash at its end, or "" for the current one; borrowed by what is
 *  returned. Links are not followed. */
struct surroundings_source surroundings_of_disk(const struct view *root);
