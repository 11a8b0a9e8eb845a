/* Types of the functions that a program looks up in a library that it loads at run time. */
#ifndef LOADED_H
#define LOADED_H

#include <dlfcn.h>
#include <vanta.h>

typedef vanta_status new_config(vanta_config **);
typedef vanta_status use_environment(vanta_config *);
typedef vanta_status new_client(const vanta_config *, vanta_client **, vanta_error **);
typedef vanta_status get_token(const vanta_client *, const vanta_options *, char *, size_t, size_t *,
                               vanta_error **);
typedef void free_client(vanta_client *);
typedef void free_config(vanta_config *);

/* POSIX allows this conversion of a symbol to a function, ISO C does not define it. */
#define FIND(type, name) (*(type **)(&(void *){dlsym(library, name)}))

#endif
