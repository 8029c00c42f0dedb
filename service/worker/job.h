/** @file job.h  One pull request's review: read what the forge says now, fetch, analyse, post once. Knows no
 *  store: what becomes of it there is outcome.h's. */
#pragma once
#include "forge/forge.h"
#include "settings/settings.h"
#include "worker/analysis.h"
#include "worker/log.h"

enum { JOB_ARENA_BYTES = 256 << 20, JOB_MARKER_SIZE = 64 };

/** What all jobs of a process share. Borrowed. */
struct job_world {
    const struct settings *settings;
    const struct catalogue *catalogue;
    const struct log *log;
    struct clock clock;
    struct sandbox_limits sandbox;
    size_t analysis_bytes;   /* memory of one analysis */
    analysis_report *report; /* one more rendering for who called; NULL: none */
};

struct job_target {
    struct forge *forge; /* its login is filled in when it is first asked for */
    struct view repository;
    int64_t number;
    struct view marker;                    /* tells our jobs apart: 1..64 of [A-Za-z0-9_.:-] */
    const struct analysis_known *declined; /* what people said no to before; borrowed */
    size_t declined_count;
    struct analysis_wishes wishes; /* what people of the pull request asked for; borrowed */
    bool paused;                   /* they want no review but one that is asked for */
    struct view paused_by;
    int64_t attempt;   /* of the job; 0 and 1: the first */
    bool replay;       /* somebody asked again: go through all of it, though our review stands */
    bool refused;      /* the token minted before was: see forge_enter() */
    bool base_changed; /* a review by another job does not answer this one */
};

enum job_end {
    JOB_REVIEW,  /* there is a review to post */
    JOB_CLEAN,   /* there is nothing to say */
    JOB_SKIPPED, /* the pull request wants no review */
    JOB_STANDS,  /* our review of this head stands already */
};

/** What is known of findings: first one of each conversation that stands, in their order. */
struct job_known {
    struct analysis_known *items;
    size_t count, thread_count;
};

struct job_result { /* lives in the caller's arena */
    enum job_end end;
    struct view reason; /* one line, for every end but JOB_REVIEW */
    struct forge_pull pull;
    struct forge_standing standing; /* when the job began */
    struct job_known known;
    const struct analysis_wishes *wishes; /* the target's */
    bool asked;                           /* the target's replay */
    struct view merge_base;
    struct change change;
    struct surroundings surroundings;
    struct view repository_settings, proposed_settings, shared_name; /* as an analysis takes them */
    struct analysis_result analysis;                                 /* JOB_REVIEW and JOB_CLEAN */
    struct forge_posted posted; /* after job_publish(), and for JOB_STANDS */
    struct forge_check check;   /* as it was opened; id empty: it was not, or that is not known */
    bool check_ended;           /* along with what was posted */
    struct view posted_text;    /* as it was posted: the summary and its comments */
};

/** Read what the forge says now: the pull request, and what stands of ours there. The end is JOB_REVIEW where
 *  a review is to be made. Errors: of the forge. */
NODISCARD
enum err_code job_look(const struct job_world *world, const struct job_target *target, struct arena *arena,
                       struct job_result *out, struct err *err);

/** Make the review of the head that job_look() saw. Nothing is posted. Errors: of the forge, the store of
 *  objects and the analysis; ERR_NOT_FOUND also where the head cannot be fetched yet. */
NODISCARD
enum err_code job_prepare(const struct job_world *world, const struct job_target *target, struct arena *arena,
                          struct job_result *result, struct err *err);
/** The analysis once more, after result->known was added to. */
NODISCARD
enum err_code job_analyse(const struct job_world *world, struct arena *arena, struct job_result *result,
                          struct err *err);

/** Called when all is ready and just before anything is posted: whether the job is still ours. */
typedef enum err_code job_still_ours(void *ctx, struct err *err);

/** Post a JOB_REVIEW, exactly once: where our summary stands it is edited, only new findings get a comment,
 *  conversations whose finding is gone are closed. What stands at the forge is read again wherever the
 * outcome of a write is not known. Sets posted, posted_text and, where nothing was left to do, end
 * JOB_STANDS. For a JOB_CLEAN it only looks whether the head is still the head. Errors: ERR_SUPERSEDED where
 * it is not; ERR_TIMEOUT where it is unknown what stands; those of @p still_ours (may be NULL) and of the
 * forge. */
NODISCARD
enum err_code job_publish(const struct job_world *world, const struct job_target *target,
                          job_still_ours *still_ours, void *ctx, struct arena *arena,
                          struct job_result *result, struct err *err);

/** The forges of @p settings, in @p arena; @p http must live as long. Errors: ERR_INVALID for a kind that is
 *  not known, ERR_LIMIT. */
NODISCARD
enum err_code job_forges(const struct settings *settings, const struct http_client *http, struct arena *arena,
                         struct forge **out, struct err *err);
