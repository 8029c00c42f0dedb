/* The reviews that were posted: one per head, replaced in place so that its address stays. */
#include "store_internal.h"

enum err_code store_put_review(struct store *store, const struct store_job *job,
                               const struct store_review *review, int64_t *id, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = true;
    enum err_code code;

    if (review->markdown.len > STORE_REVIEW_MAX || review->json.len > STORE_REVIEW_MAX)
        return err_set(err, ERR_LIMIT, "a review of %zu bytes, the limit is %d",
                       review->markdown.len > review->json.len ? review->markdown.len : review->json.len,
                       STORE_REVIEW_MAX);
    code = store_query(store, SQL_REVIEW_PUT, &statement, err, "ttittittt", job->forge, job->repository,
                       job->number, review->head_sha, review->merge_base, review->posted_ms,
                       review->forge_review_id, review->markdown, review->json);
    while (code == ERR_OK && row) {
        code = store_step(store, statement, &row, err);
        if (code == ERR_OK && row)
            *id = sqlite3_column_int64(statement, 0);
    }
    if (statement)
        sqlite3_reset(statement);
    return code;
}

static enum err_code read_review(struct store *store, sqlite3_stmt *statement, struct arena *arena,
                                 struct store_review *out, struct err *err)
{
    struct store_review review = {0};
    const struct {
        int column;
        struct view *out;
    } texts[] = {
        {1, &review.forge},           {2, &review.repository}, {4, &review.head_sha}, {5, &review.merge_base},
        {7, &review.forge_review_id}, {8, &review.markdown},   {9, &review.json},
    };
    bool row = false;
    enum err_code code = store_step(store, statement, &row, err);

    if (code == ERR_OK && !row)
        code = err_set(err, ERR_NOT_FOUND, "no such review");
    for (size_t i = 0; code == ERR_OK && i < COUNT_OF(texts); i++)
        code = store_column_text(statement, texts[i].column, arena, texts[i].out, err);
    if (code == ERR_OK) {
        review.id = sqlite3_column_int64(statement, 0);
        review.number = sqlite3_column_int64(statement, 3);
        review.posted_ms = sqlite3_column_int64(statement, 6);
        *out = review;
    }
    sqlite3_reset(statement);
    return code;
}

enum err_code store_find_review(struct store *store, int64_t id, struct arena *arena,
                                struct store_review *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    enum err_code code = store_query(store, SQL_REVIEW_BY_NUMBER, &statement, err, "i", id);

    return code == ERR_OK ? read_review(store, statement, arena, out, err) : code;
}

enum err_code store_find_review_of(struct store *store, struct view forge, struct view repository,
                                   int64_t number, struct view head_sha, struct arena *arena,
                                   struct store_review *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    enum err_code code =
        store_query(store, SQL_REVIEW_BY_HEAD, &statement, err, "ttit", forge, repository, number, head_sha);

    return code == ERR_OK ? read_review(store, statement, arena, out, err) : code;
}
