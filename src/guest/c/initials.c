/* A dance in C: `Initials`, of a person. Answers the first letters of the name, as "J.A." for Jane Austen. */
#include "map.h"

#define NAME "Name"
#define NO_NAME "NO_NAME"
#define NO_NAME_MESSAGE "Somebody without a name has no initials."
#define TOO_LONG "NAME_TOO_LONG"
#define TOO_LONG_MESSAGE "The name has more than 200 bytes."
#define LENGTH(text) ((int32_t)sizeof(text) - 1)
#define LONGEST 200

static uint8_t name[1 + LONGEST];
static uint8_t answer[2 + LONGEST];

static int begins_character(uint8_t byte) { return (byte & 0xC0) != 0x80; }

/* The first character of each word, each with a point. At most a byte more than the text has. */
static int32_t initials_of(const uint8_t *text, int32_t length, uint8_t *out) {
  int32_t written = 0;
  for (int32_t i = 0; i < length; i++) {
    if (text[i] == ' ' || (i > 0 && text[i - 1] != ' ')) continue;
    out[written++] = text[i];
    while (i + 1 < length && !begins_character(text[i + 1])) out[written++] = text[++i];
    out[written++] = '.';
  }
  return written;
}

static int32_t fail(const char *code, int32_t length, const char *message, int32_t size) {
  map_respond_error(code, length, message, size);
  return 1;
}

MAP_EXPORT("initials") int32_t initials(int32_t request) {
  (void)request;
  int32_t size = map_property(map_affording_holon(), NAME, LENGTH(NAME), name, sizeof(name));
  if (size == MAP_NOT_FOUND) return fail(NO_NAME, LENGTH(NO_NAME), NO_NAME_MESSAGE, LENGTH(NO_NAME_MESSAGE));
  if (size < 0 || size > (int32_t)sizeof(name)) return fail(TOO_LONG, LENGTH(TOO_LONG), TOO_LONG_MESSAGE, LENGTH(TOO_LONG_MESSAGE));
  answer[0] = MAP_STRING;
  return map_respond_value(answer, 1 + initials_of(name + 1, size - 1, answer + 1));
}
