-- Load for wrk: signed deliveries in turn, each with a delivery id of its own. The signature covers the body
-- alone, so that none has to be computed here. BENCH_BODIES: a file of lines, signature and body in turn.
-- BENCH_ID: what all ids of this run begin with.
local signatures, bodies, at, count = {}, {}, 0, 0
local headers = {
  ["Content-Type"] = "application/json",
  ["User-Agent"] = "GitHub-Hookshot/bench",
  ["X-GitHub-Event"] = "pull_request",
}

function init()
  local odd = true
  for line in io.lines(os.getenv("BENCH_BODIES")) do
    table.insert(odd and signatures or bodies, line)
    odd = not odd
  end
end

function request()
  count = count + 1
  at = at % #bodies + 1
  headers["X-Hub-Signature-256"] = signatures[at]
  headers["X-GitHub-Delivery"] = os.getenv("BENCH_ID") .. "-" .. count
  return wrk.format("POST", "/webhooks/github", headers, bodies[at])
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"us":%d,"refused":%d,"broken":%d,"p50us":%d,"p99us":%d}\n', summary.requests,
    summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
