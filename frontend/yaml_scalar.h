/* yaml_scalar.h: what a plain YAML scalar is by its form alone, as PyYAML's SafeLoader resolves it.
 * Works on borrowed text; nothing is owned. */
#ifndef FRONTEND_YAML_SCALAR_H
#define FRONTEND_YAML_SCALAR_H

#include <stddef.h>

/* The forms are PyYAML's implicit resolvers (YAML 1.1), split where their value or their trap
 * differs. */
enum yaml_form {
    YAML_TEXT,
    YAML_TEXT_LETTER,   /* y, n: booleans in YAML 1.1, strings in PyYAML */
    YAML_TEXT_EXPONENT, /* 1e3: PyYAML wants a point and a signed exponent */
    YAML_EMPTY,
    YAML_TILDE,
    YAML_NULL,
    YAML_TRUE,
    YAML_FALSE,
    YAML_YES, /* yes, on */
    YAML_NO,  /* no, off */
    YAML_INT, /* as JSON spells integers */
    YAML_INT_PLUS,
    YAML_INT_HEX,
    YAML_INT_BINARY,
    YAML_INT_OCTAL,
    YAML_INT_UNDERSCORE,
    YAML_INT_SEXAGESIMAL,
    YAML_REAL, /* as JSON spells numbers with a point */
    YAML_REAL_OTHER,
    YAML_REAL_UNDERSCORE,
    YAML_REAL_SEXAGESIMAL,
    YAML_DATE,
    YAML_DATETIME,
    YAML_MERGE, /* << */
    YAML_VALUE  /* = */
};

/* The form of a plain scalar; `text` has a NUL behind its `len` bytes. */
enum yaml_form yaml_form(const char *text, size_t len);

#endif
