/* libpq as Debian installs it: the folder is named here, so that no compiler flag is needed. */
#pragma once
#include <postgresql/libpq-fe.h>
