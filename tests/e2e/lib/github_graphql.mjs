// The stand-in's GraphQL: documents are validated against GitHub's published schema and carried out by graphql-js on
// the same state as the REST API. Source of the refusals: GitHub answers 200 with `errors[]` that have a `type`.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GraphQLError, buildSchema, execute, parse, validate } from 'graphql';
import { endByGraphql } from './github_checks.mjs';
import { git } from './git.mjs';
import { node, unnode } from './github_shapes.mjs';
import { BODY_MAX } from './openapi.mjs';

const SCHEMA = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', '@octokit', 'graphql-schema', 'schema.graphql');

let shared = null;

/** The published document defines two fields twice, which only a schema that is taken as valid may. */
function schema() {
  shared ??= buildSchema(readFileSync(SCHEMA, 'utf8'), { assumeValidSDL: true, assumeValid: true });
  return shared;
}

/** Before a server starts: building the schema holds up the process for a while. */
export const warmUp = () => void schema();

const refuse = (type, message) => new GraphQLError(message, { extensions: { type } });
const notFound = (id) => refuse('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);

function actor(user) {
  return user && { __typename: user.app ? 'Bot' : 'User', login: user.login.replace(/\[bot\]$/, '') };
}

/** As the schema's connections: at most 100 at once, a cursor that names the last one given. */
function connection(all) {
  return ({ first, after }) => {
    if (!(first >= 1 && first <= 100)) throw refuse('EXCESSIVE_PAGINATION', 'Requesting records exceeds the `first` limit of 100 records.');
    const start = after ? Number(Buffer.from(after, 'base64').toString('utf8')) : 0;
    const nodes = all.slice(start, start + first);
    const end = start + nodes.length;
    return { nodes, totalCount: all.length, pageInfo: { hasNextPage: end < all.length, endCursor: nodes.length > 0 ? Buffer.from(String(end)).toString('base64') : null } };
  };
}

/** All pull requests of which something is kept, as { number, state, repo }. */
function* everything(github) {
  for (const [name, { pulls }] of Object.entries(github.state.repos)) {
    for (const [number, state] of Object.entries(pulls)) yield { number: Number(number), state, repo: github.repos.get(name) };
  }
}

function find(github, id, kind, list) {
  const [of, number] = unnode(id);
  if (of === kind) {
    for (const place of everything(github)) {
      const one = place.state[list].find((each) => each.id === number);
      if (one) return { ...place, one };
    }
  }
  throw notFound(id);
}

const isPending = (state, comment) => state.reviews.some((one) => one.id === comment.review_id && !one.event);

function commentNode(state, comment, viewer) {
  return { __typename: 'PullRequestReviewComment', id: node('PullRequestReviewComment', comment.id), body: comment.body, author: actor(comment.user),
    viewerDidAuthor: comment.user.login === viewer.login, authorAssociation: comment.association ?? 'COLLABORATOR',
    state: isPending(state, comment) ? 'PENDING' : 'SUBMITTED', path: comment.path, isMinimized: comment.minimized !== undefined };
}

function threadNode(state, first, viewer) {
  const comments = [first, ...state.comments.filter((one) => one.in_reply_to_id === first.id)];
  return { __typename: 'PullRequestReviewThread', id: node('PullRequestReviewThread', first.id), path: first.path, isResolved: first.resolvedBy !== undefined,
    resolvedBy: first.resolvedBy ? { __typename: 'User', login: first.resolvedBy } : null,
    comments: connection(comments.map((one) => commentNode(state, one, viewer))) };
}

function pullNode(repo, number, state, viewer) {
  const pull = repo.pulls.get(number);
  const seen = state.reviews.filter((one) => one.event || one.user.login === viewer.login);
  const firsts = state.comments.filter((one) => !one.in_reply_to_id && (!isPending(state, one) || one.user.login === viewer.login));
  return { __typename: 'PullRequest', id: node('PullRequest', number), number, author: { __typename: 'User', login: pull.author },
    reviews: connection(seen.map((one) => ({ __typename: 'PullRequestReview', id: node('PullRequestReview', one.id), body: one.body,
      url: `https://example.org/${repo.fullName}/pull/${number}#pullrequestreview-${one.id}`, author: actor(one.user),
      viewerDidAuthor: one.user.login === viewer.login, state: one.event ? 'COMMENTED' : 'PENDING' }))),
    comments: connection(state.issueComments.map((one) => ({ __typename: 'IssueComment', id: node('IssueComment', one.id), body: one.body,
      url: `https://example.org/${repo.fullName}/pull/${number}#issuecomment-${one.id}`, viewerDidAuthor: one.user.login === viewer.login }))),
    reviewThreads: connection(firsts.map((one) => threadNode(state, one, viewer))) };
}

function own(viewer, user) {
  if (user.login !== viewer.login) throw refuse('FORBIDDEN', `${viewer.login} does not have permission to do this`);
}

function filled(body) {
  if (!body.trim()) throw refuse('UNPROCESSABLE', "Body can't be blank");
  return body;
}

/** Resolving wants contents: write besides pull requests: write. */
function mayResolve(viewer) {
  if (viewer.contents === 'read') throw refuse('FORBIDDEN', 'Resource not accessible by integration');
}

const ROOT = {
  viewer: (_, { viewer }) => ({ __typename: 'User', login: viewer.login }),
  repository({ owner, name }, { github, viewer }) {
    const repo = github.repos.get(`${owner}/${name}`);
    if (!repo) throw refuse('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
    return { __typename: 'Repository', id: node('Repository', repo.id),
      async object({ expression }) {
        const [ref, ...path] = expression.split(':');
        const text = await git(repo.dir, ['show', `${ref}:${path.join(':')}`]).catch(() => null);
        return text === null ? null : { __typename: 'Blob', text, isTruncated: false };
      },
      pullRequest({ number }) {
        if (!repo.pulls.has(number)) throw refuse('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
        return pullNode(repo, number, github.pullState(repo.fullName, number), viewer);
      } };
  },
  updatePullRequestReview({ input }, { github, viewer }) {
    const { one } = find(github, input.pullRequestReviewId, 'PullRequestReview', 'reviews');
    own(viewer, one.user);
    one.body = filled(input.body);
    one.edits = (one.edits ?? 0) + 1;
    return {};
  },
  deletePullRequestReview({ input }, { github, viewer }) {
    const { state, one } = find(github, input.pullRequestReviewId, 'PullRequestReview', 'reviews');
    own(viewer, one.user);
    if (one.event) throw refuse('UNPROCESSABLE', 'Can not delete a non-pending pull request review');
    state.reviews.splice(state.reviews.indexOf(one), 1);
    state.comments = state.comments.filter((each) => each.review_id !== one.id);
    return {};
  },
  updatePullRequestReviewComment({ input }, { github, viewer }) {
    const { one } = find(github, input.pullRequestReviewCommentId, 'PullRequestReviewComment', 'comments');
    own(viewer, one.user);
    one.body = filled(input.body);
    return {};
  },
  updateIssueComment({ input }, { github, viewer }) {
    const { one } = find(github, input.id, 'IssueComment', 'issueComments');
    own(viewer, one.user);
    one.body = filled(input.body);
    one.edits = (one.edits ?? 0) + 1;
    return {};
  },
  resolveReviewThread({ input }, { github, viewer }) {
    const { one } = find(github, input.threadId, 'PullRequestReviewThread', 'comments');
    mayResolve(viewer);
    one.resolvedBy = viewer.login;
    return {};
  },
  unresolveReviewThread({ input }, { github, viewer }) {
    const { one } = find(github, input.threadId, 'PullRequestReviewThread', 'comments');
    mayResolve(viewer);
    delete one.resolvedBy;
    return {};
  },
  updateCheckRun({ input }, { github, viewer }) {
    const [kind, id] = unnode(input.checkRunId);
    const refusal = kind === 'CheckRun' && unnode(input.repositoryId)[0] === 'Repository' ? endByGraphql(github, viewer, id, input) : 'NOT_FOUND';
    if (refusal) throw refuse(refusal, `The check run ${input.checkRunId} cannot be updated`);
    return {};
  },
  minimizeComment({ input }, { github }) {
    find(github, input.subjectId, 'PullRequestReviewComment', 'comments').one.minimized = input.classifier;
    return {};
  },
  unminimizeComment({ input }, { github }) {
    delete find(github, input.subjectId, 'PullRequestReviewComment', 'comments').one.minimized;
    return {};
  },
};

/** Answer one request. @p violate is told of what GitHub's schema does not know. */
export async function graphql({ github, viewer, body, violate }) {
  const { query, variables = {} } = body ?? {};
  if (typeof query !== 'string') return { status: 400, body: { message: 'A query attribute must be specified and must be a string.' } };
  for (const [name, value] of Object.entries(variables)) {
    if (typeof value === 'string' && value.length > BODY_MAX) violate(`$${name} is over ${BODY_MAX} characters`);
  }
  let document;
  let problems;
  try {
    document = parse(query);
    problems = validate(schema(), document);
  } catch (error) {
    problems = [error];
  }
  if (problems.length > 0) {
    problems.forEach((problem) => violate(problem.message));
    return { status: 200, body: { errors: problems.map((one) => ({ message: one.message })) } };
  }
  const done = await execute({ schema: schema(), document, rootValue: ROOT, contextValue: { github, viewer }, variableValues: variables });
  const errors = done.errors?.map((one) => {
    if (!one.extensions?.type) violate(one.message);
    return { type: one.extensions?.type, path: one.path, message: one.message };
  });
  return { status: 200, body: { data: done.data, ...(errors ? { errors } : {}) } };
}
