// The objects of GitHub's REST API as the stand-in answers with them: real objects from GitHub's webhook examples
// with names, numbers and addresses of the test put in.
import { createRequire } from 'node:module';

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples');

/** The most complete pull request of the corpus; older examples lack newer fields. */
const PULL = examples
  .find((one) => one.name === 'pull_request')
  .examples.reduce((best, one) => (JSON.stringify(one).length > JSON.stringify(best).length ? one : best)).pull_request;

export const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
export const node = (kind, id) => Buffer.from(`0${kind.length}:${kind}${id}`).toString('base64');
/** [kind, id] of a node id; kind is null for what is none. */
export function unnode(text) {
  const [, kind = null, id] = /^0\d+:([A-Za-z]+)(\d+)$/.exec(Buffer.from(text, 'base64').toString('utf8')) ?? [];
  return [kind, Number(id)];
}

/** Addresses of a server: pages and API as the configuration of the daemon names them. */
export function userShape({ url, api }, { login, id, type = 'User' }) {
  const user = { login, id, node_id: node('User', id), avatar_url: `${url}/avatars/${id}`, gravatar_id: '',
    url: `${api}/users/${encodeURIComponent(login)}`, html_url: `${url}/${encodeURIComponent(login)}`, type, site_admin: false };
  for (const [key, tail] of Object.entries({ followers: 'followers', following: 'following{/other_user}',
    gists: 'gists{/gist_id}', starred: 'starred{/owner}{/repo}', subscriptions: 'subscriptions',
    organizations: 'orgs', repos: 'repos', events: 'events{/privacy}', received_events: 'received_events' })) {
    user[`${key}_url`] = `${user.url}/${tail}`;
  }
  return user;
}

export function viewerShape(at, viewer) {
  return { ...userShape(at, viewer), name: viewer.login, company: null, blog: '', location: null, email: null,
    hireable: null, bio: null, twitter_username: null, public_repos: 0, public_gists: 0, followers: 0, following: 0,
    created_at: iso(1700000000000), updated_at: iso(1700000000000) };
}

/** Every address inside @p value that names the example's repository now names ours. */
export function readdress(value, from, { url, api }, fullName) {
  const text = JSON.stringify(value)
    .replaceAll(`https://api.github.com/repos/${from}`, `${api}/repos/${fullName}`)
    .replaceAll(`https://github.com/${from}`, `${url}/${fullName}`)
    .replaceAll(`git@github.com:${from}`, `git@${new URL(url).hostname}:${fullName}`)
    .replaceAll(`git://github.com/${from}`, `git://${new URL(url).host}/${fullName}`);
  return JSON.parse(text);
}

export function repoShape(at, repo, fullName = repo.fullName) {
  const [owner, name] = fullName.split('/');
  const shape = readdress(PULL.base.repo, PULL.base.repo.full_name, at, fullName);
  return Object.assign(shape, {
    id: repo.id, node_id: node('Repository', repo.id), name, full_name: fullName, private: false,
    owner: userShape(at, { login: owner, id: repo.id + 1, type: 'Organization' }),
    fork: fullName !== repo.fullName, default_branch: repo.defaultBranch, visibility: 'public', topics: [],
    allow_forking: true, is_template: false, web_commit_signoff_required: false, has_discussions: false,
    subscribers_count: 0, network_count: 0, license: null,
    permissions: { admin: false, maintain: false, push: true, triage: true, pull: true },
  });
}

/** @p live: what git says now: { head, base, files, additions, deletions, commits } */
export function pullShape(at, repo, pull, live, counts) {
  const shape = readdress(PULL, PULL.base.repo.full_name, at, repo.fullName);
  const text = JSON.stringify(shape).replaceAll(`/pulls/${PULL.number}`, `/pulls/${pull.number}`)
    .replaceAll(`/pull/${PULL.number}`, `/pull/${pull.number}`).replaceAll(`/issues/${PULL.number}`, `/issues/${pull.number}`)
    .replaceAll(PULL.head.sha, live.head);
  const author = userShape(at, { login: pull.author, id: 4242 });
  const owner = userShape(at, { login: repo.owner, id: repo.id + 1, type: 'Organization' });
  const forked = pull.fork ? `${pull.fork}/${repo.name}` : repo.fullName;
  const closed = pull.state === 'closed';
  return Object.assign(JSON.parse(text), {
    id: repo.id * 1000 + pull.number, node_id: node('PullRequest', pull.number), number: pull.number,
    title: pull.title, body: pull.body, draft: pull.draft, state: pull.state ?? 'open', locked: false, user: author,
    active_lock_reason: null, auto_merge: null, assignee: null, assignees: [], requested_reviewers: [],
    requested_teams: [], labels: [], milestone: null, author_association: 'CONTRIBUTOR', merged: false,
    merged_at: null, merged_by: null, mergeable: true, rebaseable: true, mergeable_state: 'clean',
    merge_commit_sha: null, maintainer_can_modify: false, closed_at: closed ? iso(Date.now()) : null,
    created_at: iso(1750000000000), updated_at: iso(1750000000000 + pull.touched * 1000), ...counts,
    changed_files: live.files, additions: live.additions, deletions: live.deletions, commits: live.commits,
    head: { label: `${pull.fork ?? repo.owner}:${pull.branch}`, ref: pull.branch, sha: live.head,
      user: pull.fork ? author : owner, repo: pull.headGone ? null : repoShape(at, repo, forked) },
    base: { label: `${repo.owner}:${pull.base}`, ref: pull.base, sha: live.base, user: owner, repo: repoShape(at, repo) },
  });
}

const STATES = { COMMENT: 'COMMENTED', APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED' };

export function reviewShape(at, repo, number, review) {
  const page = `${at.url}/${repo.fullName}/pull/${number}`;
  const pull = `${at.api}/repos/${repo.fullName}/pulls/${number}`;
  const html = `${page}#pullrequestreview-${review.id}`;
  return { id: review.id, node_id: node('PullRequestReview', review.id), user: userShape(at, review.user),
    body: review.body, state: STATES[review.event] ?? 'PENDING', html_url: html, pull_request_url: pull,
    author_association: 'COLLABORATOR', _links: { html: { href: html }, pull_request: { href: pull } },
    ...(review.event ? { submitted_at: review.submitted_at } : {}), commit_id: review.commit_id };
}

/** @p outdated: the line is no longer there at the present head. */
export function reviewCommentShape(at, repo, number, comment, outdated) {
  const pull = `${at.api}/repos/${repo.fullName}/pulls/${number}`;
  const self = `${at.api}/repos/${repo.fullName}/pulls/comments/${comment.id}`;
  const html = `${at.url}/${repo.fullName}/pull/${number}#discussion_r${comment.id}`;
  const line = comment.line;
  const start = comment.start_line ?? null;
  return { id: comment.id, node_id: node('PullRequestReviewComment', comment.id), url: self, html_url: html,
    pull_request_url: pull, pull_request_review_id: comment.review_id, user: userShape(at, comment.user),
    body: comment.body, path: comment.path, diff_hunk: comment.diff_hunk, commit_id: comment.commit_id,
    original_commit_id: comment.commit_id, position: outdated ? null : 1, original_position: 1,
    line: outdated ? null : line, original_line: line, start_line: outdated ? null : start,
    original_start_line: start, side: comment.side, start_side: start === null ? null : comment.start_side,
    subject_type: 'line', created_at: comment.created_at, updated_at: comment.updated_at,
    author_association: 'COLLABORATOR', reactions: reactions(self),
    ...(comment.in_reply_to_id ? { in_reply_to_id: comment.in_reply_to_id } : {}),
    _links: { self: { href: self }, html: { href: html }, pull_request: { href: pull } } };
}

const reactions = (url) => ({ url: `${url}/reactions`, total_count: 0, '+1': 0, '-1': 0, laugh: 0, confused: 0,
  heart: 0, hooray: 0, eyes: 0, rocket: 0 });

export function issueCommentShape(at, repo, number, comment) {
  const url = `${at.api}/repos/${repo.fullName}/issues/comments/${comment.id}`;
  return { id: comment.id, node_id: node('IssueComment', comment.id), url, body: comment.body,
    html_url: `${at.url}/${repo.fullName}/pull/${number}#issuecomment-${comment.id}`,
    issue_url: `${at.api}/repos/${repo.fullName}/issues/${number}`, user: userShape(at, comment.user),
    created_at: comment.created_at, updated_at: comment.updated_at, author_association: 'COLLABORATOR',
    performed_via_github_app: null, reactions: reactions(url) };
}

export function reactionShape(at, reaction) {
  return { id: reaction.id, node_id: node('Reaction', reaction.id), user: userShape(at, reaction.user), content: reaction.content,
    created_at: reaction.created_at };
}

/** @p raw: { sha, tree, parents, date, message } */
export function commitShape(at, repo, raw) {
  const url = `${at.api}/repos/${repo.fullName}`;
  const html = `${at.url}/${repo.fullName}`;
  const person = { name: 'Robin Example', email: 'robin@example.com', date: iso(raw.date * 1000) };
  const user = userShape(at, { login: 'robin', id: 4242 });
  return { sha: raw.sha, node_id: node('Commit', raw.sha), url: `${url}/commits/${raw.sha}`,
    html_url: `${html}/commit/${raw.sha}`, comments_url: `${url}/commits/${raw.sha}/comments`,
    commit: { url: `${url}/git/commits/${raw.sha}`, author: person, committer: person, message: raw.message,
      comment_count: 0, tree: { sha: raw.tree, url: `${url}/git/trees/${raw.tree}` },
      verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null } },
    author: user, committer: user,
    parents: raw.parents.map((sha) => ({ sha, url: `${url}/commits/${sha}`, html_url: `${html}/commit/${sha}` })) };
}

export function statusShape(at, repo, sha, status) {
  return { url: `${at.api}/repos/${repo.fullName}/statuses/${sha}`, avatar_url: null, id: status.id,
    node_id: node('Status', status.id), state: status.state, description: status.description ?? null,
    target_url: status.target_url ?? null, context: status.context ?? 'default', created_at: status.created_at,
    updated_at: status.created_at, creator: userShape(at, status.user) };
}

