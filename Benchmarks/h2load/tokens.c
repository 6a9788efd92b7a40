/* h2load sends the same header fields with every request. Preloaded, this gives each request the next line of the file TOKENS as the value
   of its `authorization` field, from the first to the last and again. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char **tokens;
static size_t count, next;

static void read_tokens(void) {
    const char *path = getenv("TOKENS");
    FILE *file = path == NULL ? NULL : fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    while (file != NULL && (length = getline(&line, &room, file)) > 0) {
        line[length - 1] = 0;
        tokens = realloc(tokens, (count + 1) * sizeof *tokens);
        tokens[count++] = strdup(line);
    }
    if (count == 0) {
        fputs("TOKENS must name a file with a token on each line\n", stderr);
        exit(1);
    }
}

int32_t nghttp2_submit_request(nghttp2_session *session, const nghttp2_priority_spec *priority, const nghttp2_nv *fields, size_t field_count,
                               const nghttp2_data_provider *data, void *user_data) {
    static int32_t (*submit)(nghttp2_session *, const nghttp2_priority_spec *, const nghttp2_nv *, size_t, const nghttp2_data_provider *,
                             void *);
    nghttp2_nv own[64];
    if (submit == NULL) {
        submit = dlsym(RTLD_NEXT, "nghttp2_submit_request");
        read_tokens();
    }
    if (field_count > 64) exit(1);
    memcpy(own, fields, field_count * sizeof *own);
    for (size_t i = 0; i < field_count; i++) {
        if (own[i].namelen == 13 && memcmp(own[i].name, "authorization", 13) == 0) {
            own[i].value = (uint8_t *)tokens[next];
            own[i].valuelen = strlen(tokens[next]);
            next = next + 1 == count ? 0 : next + 1;
        }
    }
    return submit(session, priority, own, field_count, data, user_data);
}
