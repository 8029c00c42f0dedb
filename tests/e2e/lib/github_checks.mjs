// Check runs of the stand-in: an App's alone, at most 50 annotations a request, which add to those that stand.
import { iso, node } from './github_shapes.mjs';
import { Refusal } from './refusal.mjs';

const now = () => iso(Date.now());
const TEXT_MAX = 65535;

function admit({ viewer }) {
  if (!viewer.app) throw new Refusal(403, 'You must authenticate via a GitHub App.');
  if (viewer.checks === 'read') throw new Refusal(403, 'Resource not accessible by integration');
}

function repoOf({ github, params }) {
  const repo = github.repos.get(`${params.owner}/${params.repo}`);
  if (!repo) throw new Refusal(404, 'Not Found');
  github.state.repos[repo.fullName].checks ??= [];
  return { repo, checks: github.state.repos[repo.fullName].checks };
}

function shape({ at }, repo, check) {
  const url = `${at.api}/repos/${repo.fullName}/check-runs/${check.id}`;
  const { title = null, summary = null, text = null } = check.output;
  return { id: check.id, node_id: node('CheckRun', check.id), head_sha: check.head_sha, name: check.name, url, external_id: check.external_id ?? null,
    html_url: `${at.url}/${repo.fullName}/runs/${check.id}`, details_url: check.details_url ?? null, status: check.status,
    conclusion: check.conclusion ?? null, started_at: check.started_at ?? null, completed_at: check.completed_at ?? null,
    check_suite: null, app: null, pull_requests: [],
    output: { title, summary, text, annotations_count: check.annotations.length, annotations_url: `${url}/annotations` } };
}

function refuseOutput(body) {
  const { output = {}, actions = [] } = body;
  if ((output.annotations ?? []).length > 50) throw new Refusal(422, 'Validation Failed', ['No more than 50 annotations may be submitted']);
  for (const key of ['summary', 'text']) {
    if ((output[key] ?? '').length > TEXT_MAX) throw new Refusal(422, 'Validation Failed', [`${key} is too long (maximum is ${TEXT_MAX} characters)`]);
  }
  if (actions.some((one) => one.label.length > 20 || one.description.length > 40 || one.identifier.length > 20) || actions.length > 3) {
    throw new Refusal(422, 'Validation Failed', ['actions are too many or too long']);
  }
  if (body.status === 'completed' && !body.conclusion) throw new Refusal(422, 'Validation Failed', ['conclusion is required']);
}

function apply(check, body) {
  const { output, conclusion, status, ...rest } = body;
  if (output) {
    const { annotations = [], ...texts } = output;
    Object.assign(check.output, texts);
    check.annotations.push(...annotations);
  }
  Object.assign(check, rest, status ? { status } : {});
  if (status && status !== 'completed') Object.assign(check, { conclusion: null, completed_at: null });
  if (conclusion) Object.assign(check, { conclusion, status: 'completed', completed_at: body.completed_at ?? now() });
}

/** The same by GraphQL's words. */
export function endByGraphql(github, viewer, id, input) {
  if (!viewer.app || viewer.checks === 'read') return 'FORBIDDEN';
  const checks = Object.values(github.state.repos).flatMap((one) => one.checks ?? []);
  const check = checks.find((one) => one.id === id);
  if (!check) return 'NOT_FOUND';
  const { output, conclusion, actions, detailsUrl } = input;
  const annotations = (output?.annotations ?? []).map(({ path, location, annotationLevel, message, title }) => ({ path, message, title,
    start_line: location.startLine, end_line: location.endLine, annotation_level: annotationLevel.toLowerCase() }));
  const body = { conclusion: conclusion.toLowerCase(), details_url: detailsUrl, actions, output: { ...output, annotations } };
  try {
    refuseOutput(body);
  } catch {
    return 'UNPROCESSABLE';
  }
  apply(check, body);
  return null;
}

export const CHECK_HANDLERS = {
  'checks/create': async (context) => {
    const { github, body } = context;
    const { repo, checks } = repoOf(context);
    admit(context);
    refuseOutput(body);
    if ((await repo.ref(body.head_sha)) === null) throw new Refusal(422, `No commit found for SHA: ${body.head_sha}`);
    const check = { id: github.newId(), status: 'queued', started_at: now(), output: {}, annotations: [], user: context.viewer };
    apply(check, body);
    checks.push(check);
    return { status: 201, body: shape(context, repo, check) };
  },
  'checks/update': (context) => {
    const { repo, checks } = repoOf(context);
    admit(context);
    const check = checks.find((one) => one.id === context.params.check_run_id);
    if (!check) throw new Refusal(404, 'Not Found');
    refuseOutput(context.body);
    apply(check, context.body);
    return { status: 200, body: shape(context, repo, check) };
  },
  'checks/get': (context) => {
    const { repo, checks } = repoOf(context);
    const check = checks.find((one) => one.id === context.params.check_run_id);
    if (!check) throw new Refusal(404, 'Not Found');
    return { status: 200, body: shape(context, repo, check) };
  },
  'checks/list-for-ref': (context) => {
    const { repo, checks } = repoOf(context);
    const { check_name: name, filter = 'latest' } = context.params;
    let all = checks.filter((one) => one.head_sha === context.params.ref && (name === undefined || one.name === name));
    if (filter === 'latest') all = all.filter((one) => !all.some((later) => later.name === one.name && later.id > one.id));
    return { status: 200, body: { total_count: all.length, check_runs: all.reverse().map((one) => shape(context, repo, one)) } };
  },
};
