// What each operation of the stand-in GitHub does, by the operation's id in GitHub's OpenAPI document.
import { Diff, isAncestor } from './diff.mjs';
import { git } from './git.mjs';
import { APP_HANDLERS } from './github_app.mjs';
import { CHECK_HANDLERS } from './github_checks.mjs';
import {
  commitShape, issueCommentShape, iso, pullShape, reactionShape, repoShape, reviewCommentShape, reviewShape, statusShape, userShape,
  viewerShape,
} from './github_shapes.mjs';
import { paged } from './paging.mjs';
import { Refusal } from './refusal.mjs';

const COMMENTS_MAX = 32;

const unprocessable = (...errors) => new Refusal(422, 'Unprocessable Entity', errors);
const now = () => iso(Date.now());

function repoOf({ github, params, viewer }) {
  const repo = github.repos.get(`${params.owner}/${params.repo}`);
  if (!repo || (viewer.only && !viewer.only.includes(repo.fullName))) throw new Refusal(404, 'Not Found');
  return repo;
}

function pullOf(context) {
  const repo = repoOf(context);
  const number = context.params.pull_number ?? context.params.issue_number;
  const pull = repo.pulls.get(number);
  if (!pull) throw new Refusal(404, 'Not Found');
  return { repo, pull, number, state: context.github.pullState(repo.fullName, number) };
}

/** Heads and counts as git has them at this moment; a test may let the API know of a head before git serves it. */
async function liveOf(repo, pull) {
  const head = pull.reportedHead ?? (await repo.ref(`refs/pull/${pull.number}/head`));
  const base = await repo.ref(`refs/heads/${pull.base}`);
  // Histories without a common commit have no such diff; the pull request is shown all the same.
  const stat = await git(repo.dir, ['diff', '--shortstat', '-M', `${base}...${head}`]).catch(() => '');
  const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(stat)?.[1] ?? 0);
  const commits = Number(await git(repo.dir, ['rev-list', '--count', `${base}..${head}`]));
  return { head, base, commits, files: count('file'), additions: count('insertion'), deletions: count('deletion') };
}

/** Does the path hold other content at the present head than when the comment was made? */
async function isOutdated(repo, comment, head) {
  if (comment.commit_id === head) return false;
  const blob = (commit) => git(repo.dir, ['rev-parse', `${commit}:${comment.path}`]).catch(() => null);
  return (await blob(comment.commit_id)) !== (await blob(head));
}

async function commentShapes(context, repo, number, comments) {
  const head = await repo.ref(`refs/pull/${number}/head`);
  const outdated = new Map();
  for (const comment of comments) outdated.set(comment.id, await isOutdated(repo, comment, head));
  return (comment) => reviewCommentShape(context.at, repo, number, comment, outdated.get(comment.id));
}

/** The commit that a review is about; GitHub refuses one that is no commit of the pull request. */
async function commitOf(repo, pull, wanted) {
  const head = await repo.ref(`refs/pull/${pull.number}/head`);
  const commit = wanted ?? head;
  const base = await repo.ref(`refs/heads/${pull.base}`);
  const known = (await repo.ref(commit)) !== null && (await isAncestor(repo.dir, commit, head)) && !(await isAncestor(repo.dir, commit, base));
  if (!known) throw unprocessable('The commit_id is not part of the pull request');
  return { commit, diff: await Diff.open(repo.dir, base, commit) };
}

function checkBody(event, body) {
  if (event && event !== 'APPROVE' && !(body ?? '').trim()) {
    throw new Refusal(422, 'Unprocessable Entity', ["Review body can't be blank"]);
  }
}

async function createReview(context) {
  const { github, viewer, at, body = {} } = context;
  const { repo, pull, number, state } = pullOf(context);
  const { event = null, comments = [] } = body;
  checkBody(event, body.body);
  if (state.reviews.some((one) => !one.event && one.user.login === viewer.login)) throw unprocessable('User can only have one pending review per pull request');
  if (event && event !== 'COMMENT' && viewer.login === pull.author) throw unprocessable('Can not approve your own pull request');
  if (comments.length > COMMENTS_MAX) throw new Refusal(422, 'Validation Failed', ['was submitted too quickly']);
  const { commit, diff } = await commitOf(repo, pull, body.commit_id);
  const refusals = [];
  for (const comment of comments) {
    if (comment.line === undefined && comment.position === undefined) refusals.push('Line could not be resolved');
    else if (!comment.body.trim()) refusals.push("Body can't be blank");
    else {
      const refusal = github.refusedLines?.includes(comment.line) ? 'Line could not be resolved' : await diff.refusal(comment);
      if (refusal) refusals.push(refusal);
    }
  }
  // All or nothing: one bad anchor and not even the summary is kept.
  if (refusals.length > 0) throw unprocessable(...new Set(refusals));
  const review = { id: github.newId(), user: viewer, event, body: body.body ?? '', commit_id: commit, submitted_at: now() };
  state.reviews.push(review);
  for (const comment of comments) {
    const hunk = (await diff.hunks(comment.path)).find((one) => one[comment.side ?? 'RIGHT'].has(comment.line));
    state.comments.push({ side: 'RIGHT', start_side: comment.side ?? 'RIGHT', ...comment, id: github.newId(), review_id: review.id,
      user: viewer, commit_id: commit, diff_hunk: hunk.lines.join('\n'), created_at: now(), updated_at: now() });
  }
  return { status: 200, body: reviewShape(at, repo, number, review) };
}

function reviewOf(context) {
  const found = pullOf(context);
  const review = found.state.reviews.find((one) => one.id === context.params.review_id);
  if (!review) throw new Refusal(404, 'Not Found');
  return { ...found, review };
}

/** A comment by its id alone, as PATCH and DELETE name it. */
function commentOf(context, kind) {
  const repo = repoOf(context);
  for (const [number, state] of Object.entries(context.github.state.repos[repo.fullName].pulls)) {
    const comment = state[kind].find((one) => one.id === context.params.comment_id);
    if (comment) return { repo, number: Number(number), state, comment };
  }
  throw new Refusal(404, 'Not Found');
}

function mine({ viewer }, user) {
  if (user.login !== viewer.login) throw new Refusal(403, 'Resource not accessible by personal access token');
}

async function createReviewComment(context) {
  const { github, viewer, body } = context;
  const { repo, pull, number, state } = pullOf(context);
  const { commit, diff } = await commitOf(repo, pull, body.commit_id);
  const refusal = await diff.refusal(body);
  if (refusal) throw unprocessable(refusal);
  const hunk = (await diff.hunks(body.path)).find((one) => one[body.side ?? 'RIGHT'].has(body.line));
  const comment = { side: 'RIGHT', start_side: 'RIGHT', ...body, id: github.newId(), review_id: null, user: viewer,
    commit_id: commit, diff_hunk: hunk.lines.join('\n'), created_at: now(), updated_at: now() };
  state.comments.push(comment);
  return { status: 201, body: (await commentShapes(context, repo, number, [comment]))(comment) };
}

async function reply(context) {
  const { repo, number, state } = pullOf(context);
  const first = state.comments.find((one) => one.id === context.params.comment_id);
  if (!first) throw new Refusal(404, 'Not Found');
  if (first.in_reply_to_id) throw new Refusal(422, 'Validation Failed', ['in_reply_to must be the first comment of its thread']);
  const comment = { ...first, id: context.github.newId(), in_reply_to_id: first.id, user: context.viewer,
    body: context.body.body, created_at: now(), updated_at: now() };
  state.comments.push(comment);
  return { status: 201, body: (await commentShapes(context, repo, number, [comment]))(comment) };
}

async function resolveCommit(repo, name) {
  const [owner, branch] = name.includes(':') ? name.split(':') : [repo.owner, name];
  if (owner !== repo.owner) {
    const pull = [...repo.pulls.values()].find((one) => one.fork === owner && one.branch === branch);
    return pull ? repo.ref(`refs/pull/${pull.number}/head`) : null;
  }
  return (await repo.ref(`refs/heads/${branch}`)) ?? (/^[0-9a-f]{7,64}$/.test(branch) ? repo.ref(branch) : null);
}

async function rawCommits(repo, args) {
  const text = await git(repo.dir, ['log', '-z', '--format=%H%x01%T%x01%P%x01%ct%x01%B', ...args]);
  return text.split('\0').filter(Boolean).map((line) => {
    const [sha, tree, parents, date, message] = line.split('\x01');
    return { sha, tree, parents: parents.split(' ').filter(Boolean), date: Number(date), message: message.trimEnd() };
  });
}

async function fileShapes(at, repo, diff) {
  const counts = new Map();
  for (const file of diff.files) {
    const hunks = await diff.hunks(file.path);
    const added = hunks.reduce((sum, hunk) => sum + hunk.added.size, 0);
    const removed = hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.startsWith('-')).length, 0);
    counts.set(file.path, { added, removed, patch: hunks.map((hunk) => hunk.lines.join('\n')).join('\n') });
  }
  return (file) => {
    const { added, removed, patch } = counts.get(file.path);
    const tail = `${diff.head}/${encodeURIComponent(file.path)}`;
    return { sha: /^0+$/.test(file.oid) ? null : file.oid, filename: file.path, status: file.status, additions: added, deletions: removed,
      changes: added + removed, blob_url: `${at.url}/${repo.fullName}/blob/${tail}`, raw_url: `${at.url}/${repo.fullName}/raw/${tail}`,
      contents_url: `${at.api}/repos/${repo.fullName}/contents/${encodeURIComponent(file.path)}?ref=${diff.head}`,
      ...(patch ? { patch } : {}), ...(file.status === 'renamed' ? { previous_filename: file.old } : {}) };
  };
}

async function compare(context) {
  const { at, params } = context;
  const repo = repoOf(context);
  const [left, right] = params.basehead.split('...');
  const base = await resolveCommit(repo, left);
  const head = right ? await resolveCommit(repo, right) : null;
  if (!base || !head) throw new Refusal(404, 'Not Found');
  const mergeBase = await git(repo.dir, ['merge-base', base, head]).catch(() => null);
  if (!mergeBase) throw new Refusal(404, `No common ancestor between ${left} and ${right}.`);
  const [behind, ahead] = (await git(repo.dir, ['rev-list', '--left-right', '--count', `${base}...${head}`])).split('\t').map(Number);
  const status = ahead && behind ? 'diverged' : ahead ? 'ahead' : behind ? 'behind' : 'identical';
  const one = async (sha) => commitShape(at, repo, (await rawCommits(repo, ['-1', sha]))[0]);
  const commits = await rawCommits(repo, ['--reverse', '-250', `${base}..${head}`]);
  const url = `${at.url}/${repo.fullName}/compare/${params.basehead}`;
  return { status: 200, body: { url: `${at.api}/repos/${repo.fullName}/compare/${params.basehead}`, html_url: url,
    permalink_url: url, diff_url: `${url}.diff`, patch_url: `${url}.patch`, base_commit: await one(base),
    merge_base_commit: await one(mergeBase), status, ahead_by: ahead, behind_by: behind, total_commits: ahead,
    commits: commits.map((raw) => commitShape(at, repo, raw)) } };
}

async function listPulls(context) {
  const { at, params } = context;
  const repo = repoOf(context);
  const wanted = params.state ?? 'open';
  const pulls = [...repo.pulls.values()].filter((one) => wanted === 'all' || (one.state ?? 'open') === wanted).reverse();
  if (params.sort === 'updated') pulls.sort((a, b) => b.touched - a.touched || b.number - a.number);
  if (params.direction === 'asc') pulls.reverse();
  const live = new Map();
  for (const pull of pulls) live.set(pull.number, await liveOf(repo, pull));
  return paged(context, pulls, (pull) => pullShape(at, repo, pull, live.get(pull.number), {}));
}

function permission(context) {
  const repo = repoOf(context);
  const role = context.github.collaborators.get(`${repo.fullName} ${context.params.username}`) ?? 'read';
  const coarse = { maintain: 'write', triage: 'read' }[role] ?? role;
  const user = { ...userShape(context.at, { login: context.params.username, id: 4242 }), role_name: role };
  return { status: 200, body: { permission: coarse, role_name: role, user } };
}

async function createStatus(context) {
  const { github, at, viewer, body, params } = context;
  const repo = repoOf(context);
  if ((await repo.ref(params.sha)) === null) throw new Refusal(422, `No commit found for SHA: ${params.sha}`);
  if ((body.description ?? '').length > 140) {
    throw new Refusal(422, 'Validation Failed', [{ resource: 'Status', code: 'custom', field: 'description', message: 'description is too long (maximum is 140 characters)' }]);
  }
  const status = { ...body, id: github.newId(), sha: params.sha, user: viewer, created_at: now() };
  github.state.repos[repo.fullName].statuses.push(status);
  return { status: 201, body: statusShape(at, repo, params.sha, status) };
}

const rate = () => ({ limit: 5000, used: 0, remaining: 5000, reset: Math.ceil(Date.now() / 1000) + 3600 });

function createIssueComment(context) {
  const { github, at, viewer, body } = context;
  const { repo, number, state } = pullOf(context);
  if (!body.body.trim()) throw new Refusal(422, 'Validation Failed', [{ resource: 'IssueComment', code: 'missing_field', field: 'body' }]);
  const comment = { id: github.newId(), user: viewer, body: body.body, created_at: now(), updated_at: now() };
  state.issueComments.push(comment);
  return { status: 201, body: issueCommentShape(at, repo, number, comment) };
}

/** One reaction of a kind for each account: the same again answers 200. */
function react(context, kind) {
  const { github, at, viewer, body } = context;
  const { comment } = commentOf(context, kind);
  comment.reactions ??= [];
  let reaction = comment.reactions.find((one) => one.user.login === viewer.login && one.content === body.content);
  const status = reaction ? 200 : 201;
  if (!reaction) {
    reaction = { id: github.newId(), user: viewer, content: body.content, created_at: now() };
    comment.reactions.push(reaction);
  }
  return { status, body: reactionShape(at, reaction) };
}

export const HANDLERS = {
  'users/get-authenticated': ({ at, viewer }) => {
    if (viewer.app) throw new Refusal(403, 'Resource not accessible by integration');
    return { status: 200, body: viewerShape(at, viewer) };
  },
  'rate-limit/get': () => ({ status: 200, body: { resources: { core: rate(), search: rate() }, rate: rate() } }),
  'meta/get': () => ({ status: 200, body: { verifiable_password_authentication: false } }),
  'repos/get': (context) => ({ status: 200, body: repoShape(context.at, repoOf(context)) }),
  'repos/get-commit': async (context) => {
    const repo = repoOf(context);
    const sha = await resolveCommit(repo, context.params.ref);
    if (!sha) throw new Refusal(422, `No commit found for SHA: ${context.params.ref}`);
    return { status: 200, body: commitShape(context.at, repo, (await rawCommits(repo, ['-1', sha]))[0]) };
  },
  'repos/compare-commits-with-basehead': compare,
  'repos/get-collaborator-permission-level': permission,
  'repos/create-commit-status': createStatus,
  'pulls/list': listPulls,
  'pulls/get': async (context) => {
    const { repo, pull, state } = pullOf(context);
    const counts = { comments: state.issueComments.length, review_comments: state.comments.length };
    return { status: 200, body: pullShape(context.at, repo, pull, await liveOf(repo, pull), counts) };
  },
  'pulls/list-files': async (context) => {
    const { repo, pull } = pullOf(context);
    const live = await liveOf(repo, pull);
    const diff = await Diff.open(repo.dir, live.base, live.head);
    return paged(context, diff.files, await fileShapes(context.at, repo, diff));
  },
  'pulls/create-review': createReview,
  'pulls/list-reviews': (context) => {
    const { repo, number, state } = pullOf(context);
    const seen = state.reviews.filter((one) => one.event || one.user.login === context.viewer.login);
    return paged(context, seen, (one) => reviewShape(context.at, repo, number, one));
  },
  'pulls/get-review': (context) => {
    const { repo, number, review } = reviewOf(context);
    return { status: 200, body: reviewShape(context.at, repo, number, review) };
  },
  'pulls/update-review': (context) => {
    const { repo, number, review } = reviewOf(context);
    mine(context, review.user);
    checkBody('COMMENT', context.body.body);
    review.body = context.body.body;
    return { status: 200, body: reviewShape(context.at, repo, number, review) };
  },
  'pulls/submit-review': (context) => {
    const { repo, number, review } = reviewOf(context);
    mine(context, review.user);
    if (review.event) throw unprocessable('The review was submitted already');
    checkBody(context.body.event, context.body.body ?? review.body);
    Object.assign(review, { event: context.body.event, body: context.body.body ?? review.body, submitted_at: now() });
    return { status: 200, body: reviewShape(context.at, repo, number, review) };
  },
  'pulls/delete-pending-review': (context) => {
    const { repo, number, state, review } = reviewOf(context);
    if (review.event) throw unprocessable('Can not delete a non-pending pull request review');
    state.reviews.splice(state.reviews.indexOf(review), 1);
    state.comments = state.comments.filter((one) => one.review_id !== review.id);
    return { status: 200, body: reviewShape(context.at, repo, number, review) };
  },
  'pulls/list-comments-for-review': async (context) => {
    const { repo, number, state, review } = reviewOf(context);
    const own = state.comments.filter((one) => one.review_id === review.id);
    return paged(context, own, await commentShapes(context, repo, number, own));
  },
  'pulls/list-review-comments': async (context) => {
    const { repo, number, state } = pullOf(context);
    const shown = state.comments.filter((one) => !state.reviews.some((review) => review.id === one.review_id && !review.event));
    return paged(context, shown, await commentShapes(context, repo, number, shown));
  },
  'pulls/get-review-comment': async (context) => {
    const { repo, number, comment } = commentOf(context, 'comments');
    return { status: 200, body: (await commentShapes(context, repo, number, [comment]))(comment) };
  },
  'pulls/create-review-comment': createReviewComment,
  'pulls/create-reply-for-review-comment': reply,
  'pulls/update-review-comment': async (context) => {
    const { repo, number, comment } = commentOf(context, 'comments');
    mine(context, comment.user);
    Object.assign(comment, { body: context.body.body, updated_at: now() });
    return { status: 200, body: (await commentShapes(context, repo, number, [comment]))(comment) };
  },
  'pulls/delete-review-comment': (context) => {
    const { state, comment } = commentOf(context, 'comments');
    mine(context, comment.user);
    state.comments.splice(state.comments.indexOf(comment), 1);
    return { status: 204 };
  },
  'issues/list-comments': (context) => {
    const { repo, number, state } = pullOf(context);
    return paged(context, state.issueComments, (one) => issueCommentShape(context.at, repo, number, one));
  },
  'issues/create-comment': createIssueComment,
  'issues/get-comment': (context) => {
    const { repo, number, comment } = commentOf(context, 'issueComments');
    return { status: 200, body: issueCommentShape(context.at, repo, number, comment) };
  },
  'issues/update-comment': (context) => {
    const { repo, number, comment } = commentOf(context, 'issueComments');
    mine(context, comment.user);
    Object.assign(comment, { body: context.body.body, updated_at: now() });
    return { status: 200, body: issueCommentShape(context.at, repo, number, comment) };
  },
  'issues/delete-comment': (context) => {
    const { state, comment } = commentOf(context, 'issueComments');
    mine(context, comment.user);
    state.issueComments.splice(state.issueComments.indexOf(comment), 1);
    return { status: 204 };
  },
  'reactions/create-for-issue-comment': (context) => react(context, 'issueComments'),
  'reactions/create-for-pull-request-review-comment': (context) => react(context, 'comments'),
  ...APP_HANDLERS,
  ...CHECK_HANDLERS,
};
