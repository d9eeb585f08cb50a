/* floor_files.c: parses the files that stand in a folder, JSON with cJSON and the rest with libyaml's events,
 * nothing else: the floor for looking at many files. usage: floor_files FOLDER */
#include <cjson/cJSON.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

static bool parse_json(FILE *file)
{
    if (fseek(file, 0, SEEK_END) != 0)
        return false;
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    if (!text || fread(text, 1, size, file) != size)
        return false;
    text[size] = '\0';
    cJSON *root = cJSON_Parse(text);
    cJSON_Delete(root);
    free(text);
    return root != NULL;
}

static bool parse_yaml(FILE *file)
{
    yaml_parser_t parser;
    yaml_event_t event;
    bool parsed = true;
    if (!yaml_parser_initialize(&parser))
        return false;
    yaml_parser_set_input_file(&parser, file);
    for (bool ended = false; parsed && !ended;) {
        parsed = yaml_parser_parse(&parser, &event);
        ended = parsed && event.type == YAML_STREAM_END_EVENT;
        if (parsed)
            yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return parsed;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 && chdir(argv[1]) == 0 ? opendir(".") : NULL;
    if (!folder)
        return 2;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        FILE *file = fopen(entry->d_name, "rb");
        const char *dot = strrchr(entry->d_name, '.');
        if (!file || !dot)
            return 2;
        if (!(strcmp(dot, ".json") == 0 ? parse_json(file) : parse_yaml(file)))
            return 1;
        fclose(file);
    }
    closedir(folder);
    return 0;
}
