/* floor_json.c: reads a file and parses it with cJSON, nothing else: the floor for reading JSON.
 * usage: floor_json FILE */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file || fseek(file, 0, SEEK_END) != 0)
        return 2;
    long size = ftell(file);
    rewind(file);
    char *text = malloc((size_t)size + 1);
    if (!text || fread(text, 1, (size_t)size, file) != (size_t)size)
        return 2;
    text[size] = '\0';
    cJSON *root = cJSON_Parse(text);
    if (!root)
        return 1;
    cJSON_Delete(root);
    free(text);
    fclose(file);
    return 0;
}
