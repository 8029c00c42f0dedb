/* Notes: where the reviews of plain repositories stand. */
#include "git/note.h"
#include "git/git_internal.h"

#include <string.h>

enum { NOTE_TRIES = 20 };

enum err_code mirror_note_read(struct mirror *mirror, struct view commit, struct arena *arena,
                               struct view *out, struct err *err)
{
    git_note *note = NULL;
    git_oid oid;
    enum err_code code = mirror_id_parse(commit, &oid, err);
    int result;

    if (code != ERR_OK)
        return code;
    result = git_note_read(&note, mirror->git, MIRROR_NOTES_REF, &oid);
    if (result != 0)
        return mirror_failed(err, result, "read the note on", commit);
    code = arena_copy(arena, view_of(git_note_message(note)), out, err);
    git_note_free(note);
    return code;
}

/* libgit2 takes a C string: a NUL, as a quoted line of hostile code may hold, would cut the note there. */
static void blank_nul_bytes(char *text, size_t len)
{
    for (char *at = memchr(text, '\0', len); at; at = memchr(at, '\0', len - (size_t)(at - text)))
        *at = ' ';
}

/* One try: a new notes commit on top of what the ref shows now, then the ref moved only if it still shows
 * that. git_note_create() does not compare: of writers at once all but one lost their notes. */
static int write_once(struct mirror *mirror, const git_signature *author, const git_oid *commit,
                      const char *text, git_oid *out)
{
    git_oid before = {{0}}, after;
    git_commit *parent = NULL;
    git_reference *ref = NULL;
    int result = git_reference_name_to_id(&before, mirror->git, MIRROR_NOTES_REF);

    if (result == 0)
        result = git_commit_lookup(&parent, mirror->git, &before);
    else if (result == GIT_ENOTFOUND)
        result = 0; /* the first note: the zero id says that there must be no ref yet */
    if (result == 0)
        result = git_note_commit_create(&after, out, mirror->git, parent, author, author, commit, text, 1);
    if (result == 0)
        result = git_reference_create_matching(&ref, mirror->git, MIRROR_NOTES_REF, &after, 1, &before,
                                               "notes: perf-review");
    git_reference_free(ref);
    git_commit_free(parent);
    return result;
}

enum err_code mirror_note_write(struct mirror *mirror, struct view commit, struct view text,
                                char out_id[MIRROR_ID_SIZE], struct err *err)
{
    git_signature *author = NULL;
    struct arena *arena = NULL;
    char *copy;
    git_oid oid, note;
    enum err_code code = mirror_id_parse(commit, &oid, err);
    int result = 0;

    if (code != ERR_OK)
        return code;
    if (text.len > MIRROR_NOTE_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "a note of %zu bytes, limit %d", text.len, MIRROR_NOTE_MAX_BYTES);
    arena = arena_new(text.len + 4096);
    if (!arena)
        return err_set(err, ERR_MEMORY, "note on %.*s", VIEW_ARG(commit));
    copy = arena_alloc(arena, text.len + 1);
    if (!copy) {
        code = arena_full(arena, err);
        goto done;
    }
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    blank_nul_bytes(copy, text.len);
    result = git_signature_now(&author, "perf-review", "perf-review@localhost");
    for (int tries = 1; result == 0; tries++) {
        result = write_once(mirror, author, &oid, copy, &note);
        if (result == 0 || mirror_code(result) != ERR_CONFLICT || tries == NOTE_TRIES)
            break;
        result = 0;
    }
    if (result != 0)
        code = mirror_failed(err, result, "write the note on", commit);
    else
        mirror_id_format(&note, out_id);
done:
    git_signature_free(author);
    arena_free(arena);
    return code;
}
