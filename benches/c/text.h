/* A growing text, and JSON in it: for the client that has no JSON library. */
#ifndef TEXT_H
#define TEXT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAIL(...) (fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), exit(1))

/* A growing text. */
struct text {
    char *bytes;
    size_t length, room;
};

static void make_room(struct text *text, size_t more)
{
    if (text->length + more < text->room)
        return;
    text->room = (text->length + more) * 2 + 4096;
    text->bytes = realloc(text->bytes, text->room);
    if (text->bytes == NULL)
        FAIL("no memory");
}

static void add(struct text *text, const char *bytes, size_t length)
{
    make_room(text, length + 1);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

#define ADD(text, literal) add(text, literal, sizeof(literal) - 1)

/* Adds a JSON string with its quotes. Copies runs of bytes that need no escape. */
static void add_string(struct text *text, const char *value)
{
    static const char hex[] = "0123456789abcdef";

    ADD(text, "\"");
    while (*value) {
        const char *run = value;
        unsigned char byte;

        while ((byte = (unsigned char)*value) >= 0x20 && byte != '"' && byte != '\\')
            value++;
        add(text, run, (size_t)(value - run));
        if (byte == '\0')
            break;
        if (byte == '"' || byte == '\\') {
            char escape[2] = {'\\', (char)byte};
            add(text, escape, 2);
        } else {
            char escape[6] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
            add(text, escape, 6);
        }
        value++;
    }
    ADD(text, "\"");
}

static void add_member(struct text *text, const char *name, size_t length, const char *value)
{
    add(text, name, length);
    add_string(text, value);
}

#define MEMBER(text, name, value) add_member(text, name, sizeof(name) - 1, value)

#endif
