/* What a program must not do with a handle. It is for the tools to tell: the library cannot.
 *   misuse leak|after|twice|nothing */
#include "check.h"

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    vanta_body *body = NULL;

    CHECK(vanta_body_from_json_array("x", "[{\"uniqueId\":\"a\"}]", 18, &body, NULL) == VANTA_OK);
    if (strcmp(what, "leak") == 0)
        body = NULL;
    vanta_body_free(body);
    if (strcmp(what, "after") == 0)
        printf("%zu records\n", vanta_body_count(body));
    if (strcmp(what, "twice") == 0)
        vanta_body_free(body);
    return 0;
}
