/* What Python's builtins and well-known libraries give: the types of calls and attributes, by owner. The
 * types are written as annotations, with `$self`, `$item`, `$1` and `=1` for what depends on the receiver and
 * the arguments (python_annotations.c). Source: the language's library reference and the libraries' own. */
#include "facts/python_internal.h"

static const struct member BUILTINS[] = {{"list", "list[$1]"},
                                         {"sorted", "list[$1]"},
                                         {"dict", "dict"},
                                         {"set", "set[$1]"},
                                         {"frozenset", "frozenset[$1]"},
                                         {"tuple", "tuple[$1, ...]"},
                                         {"str", "str"},
                                         {"repr", "str"},
                                         {"ascii", "str"},
                                         {"chr", "str"},
                                         {"hex", "str"},
                                         {"oct", "str"},
                                         {"bin", "str"},
                                         {"input", "str"},
                                         {"format", "str"},
                                         {"bytes", "bytes"},
                                         {"bytearray", "bytearray"},
                                         {"memoryview", "builtins.memoryview"},
                                         {"int", "int"},
                                         {"len", "int"},
                                         {"ord", "int"},
                                         {"hash", "int"},
                                         {"id", "int"},
                                         {"float", "float"},
                                         {"bool", "bool"},
                                         {"isinstance", "bool"},
                                         {"issubclass", "bool"},
                                         {"callable", "bool"},
                                         {"hasattr", "bool"},
                                         {"any", "bool"},
                                         {"all", "bool"},
                                         {"range", "range"},
                                         {"enumerate", "Iterator[tuple[int, $1]]"},
                                         {"map", "Iterator"},
                                         {"filter", "Iterator[$2]"},
                                         {"reversed", "Iterator[$1]"},
                                         {"iter", "Iterator[$1]"},
                                         {"next", "$1"},
                                         {"vars", "dict"},
                                         {"globals", "dict"},
                                         {"locals", "dict"},
                                         {"dir", "list[str]"}};
static const struct member STR[] = {{"split", "list[str]"},
                                    {"rsplit", "list[str]"},
                                    {"splitlines", "list[str]"},
                                    {"partition", "tuple[str, str, str]"},
                                    {"rpartition", "tuple[str, str, str]"},
                                    {"strip", "str"},
                                    {"lstrip", "str"},
                                    {"rstrip", "str"},
                                    {"lower", "str"},
                                    {"upper", "str"},
                                    {"title", "str"},
                                    {"swapcase", "str"},
                                    {"casefold", "str"},
                                    {"capitalize", "str"},
                                    {"replace", "str"},
                                    {"join", "str"},
                                    {"format", "str"},
                                    {"format_map", "str"},
                                    {"center", "str"},
                                    {"ljust", "str"},
                                    {"rjust", "str"},
                                    {"zfill", "str"},
                                    {"expandtabs", "str"},
                                    {"translate", "str"},
                                    {"removeprefix", "str"},
                                    {"removesuffix", "str"},
                                    {"encode", "bytes"},
                                    {"startswith", "bool"},
                                    {"endswith", "bool"},
                                    {"isdigit", "bool"},
                                    {"isalpha", "bool"},
                                    {"isalnum", "bool"},
                                    {"isspace", "bool"},
                                    {"isupper", "bool"},
                                    {"islower", "bool"},
                                    {"isidentifier", "bool"},
                                    {"isnumeric", "bool"},
                                    {"isdecimal", "bool"},
                                    {"find", "int"},
                                    {"rfind", "int"},
                                    {"index", "int"},
                                    {"rindex", "int"},
                                    {"count", "int"},
                                    {"maketrans", "dict"}};
static const struct member BYTES[] = {{"decode", "str"},
                                      {"hex", "str"},
                                      {"split", "list[bytes]"},
                                      {"rsplit", "list[bytes]"},
                                      {"splitlines", "list[bytes]"},
                                      {"partition", "tuple[bytes, bytes, bytes]"},
                                      {"rpartition", "tuple[bytes, bytes, bytes]"},
                                      {"strip", "bytes"},
                                      {"lstrip", "bytes"},
                                      {"rstrip", "bytes"},
                                      {"lower", "bytes"},
                                      {"upper", "bytes"},
                                      {"join", "bytes"},
                                      {"replace", "bytes"},
                                      {"ljust", "bytes"},
                                      {"rjust", "bytes"},
                                      {"zfill", "bytes"},
                                      {"translate", "bytes"},
                                      {"removeprefix", "bytes"},
                                      {"removesuffix", "bytes"},
                                      {"fromhex", "bytes"},
                                      {"startswith", "bool"},
                                      {"endswith", "bool"},
                                      {"isdigit", "bool"},
                                      {"isalpha", "bool"},
                                      {"isspace", "bool"},
                                      {"find", "int"},
                                      {"rfind", "int"},
                                      {"index", "int"},
                                      {"rindex", "int"},
                                      {"count", "int"}};
static const struct member BYTEARRAY[] = {{"decode", "str"},      {"hex", "str"},      {"copy", "bytearray"},
                                          {"find", "int"},        {"index", "int"},    {"count", "int"},
                                          {"startswith", "bool"}, {"endswith", "bool"}};
static const struct member INT[] = {{"from_bytes", "int"}, {"to_bytes", "bytes"}, {"bit_length", "int"}};
static const struct member LIST[] = {{"copy", "$self"}, {"pop", "$item"}, {"index", "int"}, {"count", "int"}};
static const struct member TUPLE[] = {{"index", "int"}, {"count", "int"}};
static const struct member DICT[] = {{"copy", "$self"},
                                     {"items", "typing.ItemsView[tuple[$item, $value]]"},
                                     {"keys", "typing.KeysView[$item]"},
                                     {"values", "typing.ValuesView[$value]"},
                                     {"get", "$value | None"},
                                     {"pop", "$value"},
                                     {"setdefault", "=2"},
                                     {"popitem", "tuple[$item, $value]"},
                                     {"fromkeys", "dict[$1]"},
                                     {"most_common", "list[tuple[$item, int]]"},
                                     {"elements", "Iterator[$item]"}};
static const struct member SET[] = {{"copy", "$self"},
                                    {"union", "$self"},
                                    {"intersection", "$self"},
                                    {"difference", "$self"},
                                    {"symmetric_difference", "$self"},
                                    {"pop", "$item"},
                                    {"issubset", "bool"},
                                    {"issuperset", "bool"},
                                    {"isdisjoint", "bool"}};
static const struct member FROZENSET[] = {{"copy", "$self"},
                                          {"union", "$self"},
                                          {"intersection", "$self"},
                                          {"difference", "$self"},
                                          {"symmetric_difference", "$self"},
                                          {"issubset", "bool"},
                                          {"issuperset", "bool"},
                                          {"isdisjoint", "bool"}};
static const struct member DEQUE[] = {
    {"copy", "$self"}, {"pop", "$item"}, {"popleft", "$item"}, {"count", "int"}, {"index", "int"}};
static const struct member FILE[] = {{"readlines", "list[$item]"},
                                     {"readline", "$item"},
                                     {"read", "$item"},
                                     {"fileno", "int"},
                                     {"tell", "int"},
                                     {"getvalue", "$item"}};
static const struct member REGEX[] = {{"findall", "list"},
                                      {"split", "list[str]"},
                                      {"sub", "str"},
                                      {"finditer", "Iterator[re.Match]"},
                                      {"match", "re.Match | None"},
                                      {"search", "re.Match | None"},
                                      {"fullmatch", "re.Match | None"}};
static const struct member MATCH[] = {{"groups", "tuple"},
                                      {"groupdict", "dict[str]"},
                                      {"start", "int"},
                                      {"end", "int"},
                                      {"span", "tuple[int, int]"}};
static const struct member RE[] = {{"compile", "re.Pattern"},
                                   {"findall", "list"},
                                   {"split", "list[str]"},
                                   {"sub", "str"},
                                   {"escape", "str"},
                                   {"finditer", "Iterator[re.Match]"},
                                   {"match", "re.Match | None"},
                                   {"search", "re.Match | None"},
                                   {"fullmatch", "re.Match | None"}};
static const struct member PATH[] = {{"resolve", "pathlib.Path"},
                                     {"absolute", "pathlib.Path"},
                                     {"joinpath", "pathlib.Path"},
                                     {"with_name", "pathlib.Path"},
                                     {"with_suffix", "pathlib.Path"},
                                     {"with_stem", "pathlib.Path"},
                                     {"expanduser", "pathlib.Path"},
                                     {"relative_to", "pathlib.Path"},
                                     {"rename", "pathlib.Path"},
                                     {"readlink", "pathlib.Path"},
                                     {"cwd", "pathlib.Path"},
                                     {"home", "pathlib.Path"},
                                     {"iterdir", "Iterator[pathlib.Path]"},
                                     {"glob", "Iterator[pathlib.Path]"},
                                     {"rglob", "Iterator[pathlib.Path]"},
                                     {"read_text", "str"},
                                     {"read_bytes", "bytes"},
                                     {"as_posix", "str"},
                                     {"as_uri", "str"},
                                     {"exists", "bool"},
                                     {"is_file", "bool"},
                                     {"is_dir", "bool"},
                                     {"is_symlink", "bool"},
                                     {"match", "bool"},
                                     {"samefile", "bool"},
                                     {"is_absolute", "bool"},
                                     {"stat", "os.stat_result"},
                                     {"open", "open"}};
static const struct member PUREPATH[] = {{"joinpath", "pathlib.PurePath"},
                                         {"with_name", "pathlib.PurePath"},
                                         {"with_suffix", "pathlib.PurePath"},
                                         {"relative_to", "pathlib.PurePath"},
                                         {"as_posix", "str"}};
static const struct member IO[] = {{"open", "open"},
                                   {"StringIO", "TextIO"},
                                   {"BytesIO", "BinaryIO"},
                                   {"TextIOWrapper", "TextIO"},
                                   {"BufferedReader", "BinaryIO"}};
static const struct member OS[] = {{"listdir", "list[str]"},
                                   {"getcwd", "str"},
                                   {"getenv", "str | None"},
                                   {"urandom", "bytes"},
                                   {"fspath", "str"},
                                   {"strerror", "str"},
                                   {"cpu_count", "int | None"},
                                   {"getpid", "int"},
                                   {"readlink", "str"},
                                   {"scandir", "Iterator[os.DirEntry]"},
                                   {"walk", "Iterator[tuple[str, list[str], list[str]]]"},
                                   {"popen", "TextIO"},
                                   {"stat", "os.stat_result"},
                                   {"lstat", "os.stat_result"},
                                   {"fdopen", "IO"},
                                   {"access", "bool"}};
static const struct member OS_PATH[] = {{"join", "str"},
                                        {"basename", "str"},
                                        {"dirname", "str"},
                                        {"abspath", "str"},
                                        {"realpath", "str"},
                                        {"normpath", "str"},
                                        {"relpath", "str"},
                                        {"expanduser", "str"},
                                        {"expandvars", "str"},
                                        {"normcase", "str"},
                                        {"commonprefix", "str"},
                                        {"commonpath", "str"},
                                        {"split", "tuple[str, str]"},
                                        {"splitext", "tuple[str, str]"},
                                        {"exists", "bool"},
                                        {"isfile", "bool"},
                                        {"isdir", "bool"},
                                        {"islink", "bool"},
                                        {"isabs", "bool"},
                                        {"lexists", "bool"},
                                        {"getsize", "int"},
                                        {"getmtime", "float"}};
static const struct member ENVIRON[] = {{"get", "str | None"}, {"copy", "dict[str, str]"}};
static const struct member GLOB[] = {{"glob", "list[str]"}, {"iglob", "Iterator[str]"}};
static const struct member FNMATCH[] = {{"filter", "list[str]"}, {"translate", "str"}};
static const struct member SHLEX[] = {{"split", "list[str]"}, {"quote", "str"}, {"join", "str"}};
static const struct member SHUTIL[] = {{"which", "str | None"}};
static const struct member TEMPFILE[] = {{"TemporaryFile", "IO"},        {"NamedTemporaryFile", "IO"},
                                         {"SpooledTemporaryFile", "IO"}, {"mkdtemp", "str"},
                                         {"gettempdir", "str"},          {"mkstemp", "tuple[int, str]"}};
static const struct member ARCHIVES[] = {{"open", "IO"}, {"compress", "bytes"}, {"decompress", "bytes"}};
static const struct member BZ2[] = {{"open", "IO"}, {"compress", "bytes"}, {"decompress", "bytes"}};
static const struct member LZMA[] = {{"open", "IO"}, {"compress", "bytes"}, {"decompress", "bytes"}};
static const struct member ZLIB[] = {{"compress", "bytes"}, {"decompress", "bytes"}, {"crc32", "int"}};
static const struct member CODECS[] = {{"open", "TextIO"}};
static const struct member COLLECTIONS[] = {{"deque", "deque[$1]"},
                                            {"OrderedDict", "OrderedDict"},
                                            {"Counter", "Counter[$1, int]"},
                                            {"defaultdict", "defaultdict"}};
static const struct member ITERTOOLS[] = {{"chain", "Iterator"},
                                          {"islice", "Iterator[$1]"},
                                          {"takewhile", "Iterator[$2]"},
                                          {"dropwhile", "Iterator[$2]"},
                                          {"filterfalse", "Iterator[$2]"},
                                          {"cycle", "Iterator[$1]"},
                                          {"count", "Iterator[int]"},
                                          {"repeat", "Iterator[=1]"},
                                          {"accumulate", "Iterator"},
                                          {"groupby", "Iterator[tuple[Any, Iterator[$1]]]"},
                                          {"product", "Iterator[tuple]"},
                                          {"permutations", "Iterator[tuple]"},
                                          {"combinations", "Iterator[tuple]"},
                                          {"zip_longest", "Iterator[tuple]"},
                                          {"pairwise", "Iterator[tuple[$1, $1]]"},
                                          {"starmap", "Iterator"},
                                          {"compress", "Iterator[$1]"},
                                          {"tee", "tuple"}};
static const struct member CHAIN[] = {{"from_iterable", "Iterator"}};
static const struct member FUNCTOOLS_COPY[] = {{"copy", "=1"}, {"deepcopy", "=1"}};
static const struct member HEAPQ[] = {
    {"nlargest", "list[$2]"}, {"nsmallest", "list[$2]"}, {"merge", "Iterator[$1]"}};
static const struct member RANDOM[] = {{"sample", "list[$1]"},
                                       {"choices", "list[$1]"},
                                       {"choice", "$1"},
                                       {"random", "float"},
                                       {"randint", "int"}};
static const struct member JSON[] = {{"dumps", "str"}};
static const struct member PICKLE[] = {{"dumps", "bytes"}};
static const struct member BASE64[] = {{"b64encode", "bytes"},
                                       {"b64decode", "bytes"},
                                       {"urlsafe_b64encode", "bytes"},
                                       {"urlsafe_b64decode", "bytes"}};
static const struct member STRUCT[] = {
    {"pack", "bytes"}, {"unpack", "tuple"}, {"unpack_from", "tuple"}, {"calcsize", "int"}};
static const struct member CSV[] = {{"reader", "Iterator[list[str]]"},
                                    {"DictReader", "csv.DictReader[dict[str, str]]"}};
static const struct member TIME[] = {
    {"time", "float"},  {"monotonic", "float"}, {"perf_counter", "float"}, {"process_time", "float"},
    {"time_ns", "int"}, {"strftime", "str"},    {"ctime", "str"}};
static const struct member DATETIME[] = {{"now", "datetime.datetime"},
                                         {"utcnow", "datetime.datetime"},
                                         {"today", "datetime.datetime"},
                                         {"fromtimestamp", "datetime.datetime"},
                                         {"utcfromtimestamp", "datetime.datetime"},
                                         {"strptime", "datetime.datetime"},
                                         {"fromisoformat", "datetime.datetime"},
                                         {"combine", "datetime.datetime"},
                                         {"replace", "datetime.datetime"},
                                         {"astimezone", "datetime.datetime"},
                                         {"date", "datetime.date"},
                                         {"isoformat", "str"},
                                         {"strftime", "str"},
                                         {"timestamp", "float"}};
static const struct member DATE[] = {{"today", "datetime.date"},
                                     {"fromisoformat", "datetime.date"},
                                     {"replace", "datetime.date"},
                                     {"isoformat", "str"},
                                     {"strftime", "str"}};
static const struct member DATETIMES[] = {{"datetime", "datetime.datetime"},
                                          {"date", "datetime.date"},
                                          {"timedelta", "datetime.timedelta"},
                                          {"time", "datetime.time"}};
static const struct member UUID[] = {
    {"uuid1", "uuid.UUID"}, {"uuid3", "uuid.UUID"}, {"uuid4", "uuid.UUID"}, {"uuid5", "uuid.UUID"}};
static const struct member HASHLIB[] = {
    {"md5", "hashlib.Hash"},     {"sha1", "hashlib.Hash"},    {"sha224", "hashlib.Hash"},
    {"sha256", "hashlib.Hash"},  {"sha384", "hashlib.Hash"},  {"sha512", "hashlib.Hash"},
    {"blake2b", "hashlib.Hash"}, {"blake2s", "hashlib.Hash"}, {"new", "hashlib.Hash"}};
static const struct member HASH[] = {{"hexdigest", "str"}, {"digest", "bytes"}, {"copy", "hashlib.Hash"}};
static const struct member LOGGING[] = {{"getLogger", "logging.Logger"}};
static const struct member LOGURU[] = {{"logger", "loguru.Logger"}};
static const struct member SOCKET[] = {{"socket", "socket.socket"},
                                       {"create_connection", "socket.socket"},
                                       {"gethostname", "str"},
                                       {"gethostbyname", "str"},
                                       {"getaddrinfo", "list[tuple]"}};
static const struct member SOCKET_SOCKET[] = {{"recv", "bytes"}, {"makefile", "IO"}, {"fileno", "int"}};
static const struct member SUBPROCESS[] = {
    {"run", "subprocess.CompletedProcess"}, {"call", "int"}, {"check_call", "int"}, {"getoutput", "str"}};
static const struct member POPEN[] = {{"wait", "int"}, {"poll", "int | None"}};
static const struct member SQLITE[] = {{"connect", "sqlite3.Connection"}};
static const struct member SQLITE_CONNECTION[] = {{"cursor", "sqlite3.Cursor"},
                                                  {"execute", "sqlite3.Cursor"},
                                                  {"executemany", "sqlite3.Cursor"},
                                                  {"executescript", "sqlite3.Cursor"}};
static const struct member SQLITE_CURSOR[] = {
    {"execute", "sqlite3.Cursor"}, {"fetchall", "list"}, {"fetchmany", "list"}};
static const struct member THREADING[] = {{"current_thread", "threading.Thread"},
                                          {"main_thread", "threading.Thread"},
                                          {"local", "threading.local"},
                                          {"enumerate", "list[threading.Thread]"}};
static const struct member FUTURES_POOL[] = {{"submit", "concurrent.futures.Future"}, {"map", "Iterator"}};
static const struct member FUTURES_PROCESSES[] = {{"submit", "concurrent.futures.Future"},
                                                  {"map", "Iterator"}};
static const struct member FUTURES[] = {{"as_completed", "Iterator[concurrent.futures.Future]"}};
static const struct member ASYNCIO[] = {{"create_task", "asyncio.Task"},
                                        {"run_coroutine_threadsafe", "concurrent.futures.Future"},
                                        {"ensure_future", "asyncio.Future"},
                                        {"get_event_loop", "asyncio.AbstractEventLoop"},
                                        {"get_running_loop", "asyncio.AbstractEventLoop"},
                                        {"new_event_loop", "asyncio.AbstractEventLoop"}};
static const struct member REQUESTS[] = {
    {"get", "requests.Response"},     {"post", "requests.Response"},    {"put", "requests.Response"},
    {"patch", "requests.Response"},   {"delete", "requests.Response"},  {"head", "requests.Response"},
    {"options", "requests.Response"}, {"request", "requests.Response"}, {"session", "requests.Session"}};
static const struct member REQUESTS_SESSION[] = {
    {"get", "requests.Response"},     {"post", "requests.Response"},   {"put", "requests.Response"},
    {"patch", "requests.Response"},   {"delete", "requests.Response"}, {"head", "requests.Response"},
    {"options", "requests.Response"}, {"request", "requests.Response"}};
static const struct member URLLIB_PARSE[] = {{"quote", "str"},
                                             {"quote_plus", "str"},
                                             {"unquote", "str"},
                                             {"unquote_plus", "str"},
                                             {"urlencode", "str"},
                                             {"urljoin", "str"},
                                             {"urlunparse", "str"},
                                             {"urlunsplit", "str"},
                                             {"parse_qs", "dict[str, list[str]]"},
                                             {"parse_qsl", "list[tuple[str, str]]"},
                                             {"urlparse", "urllib.parse.ParseResult"},
                                             {"urlsplit", "urllib.parse.SplitResult"}};
static const struct member STRING_MISC[] = {
    {"dedent", "str"}, {"indent", "str"}, {"fill", "str"}, {"wrap", "list[str]"}};
static const struct member HTML[] = {{"escape", "str"}, {"unescape", "str"}};

/* A module, or a class by the path of its instances. */
static const struct owner CALLED[] = {
    {"", BUILTINS, COUNT_OF(BUILTINS)},
    {"str", STR, COUNT_OF(STR)},
    {"bytes", BYTES, COUNT_OF(BYTES)},
    {"bytearray", BYTEARRAY, COUNT_OF(BYTEARRAY)},
    {"int", INT, COUNT_OF(INT)},
    {"list", LIST, COUNT_OF(LIST)},
    {"tuple", TUPLE, COUNT_OF(TUPLE)},
    {"dict", DICT, COUNT_OF(DICT)},
    {"set", SET, COUNT_OF(SET)},
    {"frozenset", FROZENSET, COUNT_OF(FROZENSET)},
    {"deque", DEQUE, COUNT_OF(DEQUE)},
    {"file", FILE, COUNT_OF(FILE)},
    {"re.Pattern", REGEX, COUNT_OF(REGEX)},
    {"re.Match", MATCH, COUNT_OF(MATCH)},
    {"re", RE, COUNT_OF(RE)},
    {"pathlib.Path", PATH, COUNT_OF(PATH)},
    {"pathlib.PurePath", PUREPATH, COUNT_OF(PUREPATH)},
    {"io", IO, COUNT_OF(IO)},
    {"os", OS, COUNT_OF(OS)},
    {"os.path", OS_PATH, COUNT_OF(OS_PATH)},
    {"os.environ", ENVIRON, COUNT_OF(ENVIRON)},
    {"glob", GLOB, COUNT_OF(GLOB)},
    {"fnmatch", FNMATCH, COUNT_OF(FNMATCH)},
    {"shlex", SHLEX, COUNT_OF(SHLEX)},
    {"shutil", SHUTIL, COUNT_OF(SHUTIL)},
    {"tempfile", TEMPFILE, COUNT_OF(TEMPFILE)},
    {"gzip", ARCHIVES, COUNT_OF(ARCHIVES)},
    {"bz2", BZ2, COUNT_OF(BZ2)},
    {"lzma", LZMA, COUNT_OF(LZMA)},
    {"zlib", ZLIB, COUNT_OF(ZLIB)},
    {"codecs", CODECS, COUNT_OF(CODECS)},
    {"collections", COLLECTIONS, COUNT_OF(COLLECTIONS)},
    {"itertools", ITERTOOLS, COUNT_OF(ITERTOOLS)},
    {"itertools.chain", CHAIN, COUNT_OF(CHAIN)},
    {"copy", FUNCTOOLS_COPY, COUNT_OF(FUNCTOOLS_COPY)},
    {"heapq", HEAPQ, COUNT_OF(HEAPQ)},
    {"random", RANDOM, COUNT_OF(RANDOM)},
    {"json", JSON, COUNT_OF(JSON)},
    {"pickle", PICKLE, COUNT_OF(PICKLE)},
    {"base64", BASE64, COUNT_OF(BASE64)},
    {"struct", STRUCT, COUNT_OF(STRUCT)},
    {"csv", CSV, COUNT_OF(CSV)},
    {"time", TIME, COUNT_OF(TIME)},
    {"datetime.datetime", DATETIME, COUNT_OF(DATETIME)},
    {"datetime.date", DATE, COUNT_OF(DATE)},
    {"datetime", DATETIMES, COUNT_OF(DATETIMES)},
    {"uuid", UUID, COUNT_OF(UUID)},
    {"hashlib", HASHLIB, COUNT_OF(HASHLIB)},
    {"hashlib.Hash", HASH, COUNT_OF(HASH)},
    {"logging", LOGGING, COUNT_OF(LOGGING)},
    {"loguru", LOGURU, COUNT_OF(LOGURU)},
    {"socket", SOCKET, COUNT_OF(SOCKET)},
    {"socket.socket", SOCKET_SOCKET, COUNT_OF(SOCKET_SOCKET)},
    {"subprocess", SUBPROCESS, COUNT_OF(SUBPROCESS)},
    {"subprocess.Popen", POPEN, COUNT_OF(POPEN)},
    {"sqlite3", SQLITE, COUNT_OF(SQLITE)},
    {"sqlite3.Connection", SQLITE_CONNECTION, COUNT_OF(SQLITE_CONNECTION)},
    {"sqlite3.Cursor", SQLITE_CURSOR, COUNT_OF(SQLITE_CURSOR)},
    {"threading", THREADING, COUNT_OF(THREADING)},
    {"concurrent.futures.ThreadPoolExecutor", FUTURES_POOL, COUNT_OF(FUTURES_POOL)},
    {"concurrent.futures.ProcessPoolExecutor", FUTURES_PROCESSES, COUNT_OF(FUTURES_PROCESSES)},
    {"concurrent.futures", FUTURES, COUNT_OF(FUTURES)},
    {"asyncio", ASYNCIO, COUNT_OF(ASYNCIO)},
    {"requests", REQUESTS, COUNT_OF(REQUESTS)},
    {"requests.Session", REQUESTS_SESSION, COUNT_OF(REQUESTS_SESSION)},
    {"urllib.parse", URLLIB_PARSE, COUNT_OF(URLLIB_PARSE)},
    {"textwrap", STRING_MISC, COUNT_OF(STRING_MISC)},
    {"html", HTML, COUNT_OF(HTML)},
};

static const struct member HAS_SYS[] = {
    {"argv", "list[str]"}, {"path", "list[str]"}, {"modules", "dict[str]"}, {"stdin", "TextIO"},
    {"stdout", "TextIO"},  {"stderr", "TextIO"},  {"platform", "str"},      {"version", "str"},
    {"executable", "str"}, {"maxsize", "int"},    {"byteorder", "str"}};
static const struct member HAS_OS[] = {{"environ", "dict[str, str]"},
                                       {"sep", "str"},
                                       {"linesep", "str"},
                                       {"pathsep", "str"},
                                       {"name", "str"},
                                       {"curdir", "str"}};
static const struct member HAS_STRING[] = {
    {"ascii_letters", "str"}, {"ascii_lowercase", "str"}, {"ascii_uppercase", "str"}, {"digits", "str"},
    {"hexdigits", "str"},     {"punctuation", "str"},     {"whitespace", "str"},      {"printable", "str"}};
static const struct member HAS_PATHLIB_PATH[] = {{"parent", "pathlib.Path"},
                                                 {"name", "str"},
                                                 {"stem", "str"},
                                                 {"suffix", "str"},
                                                 {"suffixes", "list[str]"},
                                                 {"parts", "tuple[str, ...]"},
                                                 {"parents", "typing.Sequence[pathlib.Path]"},
                                                 {"anchor", "str"}};
static const struct member HAS_PATHLIB_PUREPATH[] = {{"parent", "pathlib.PurePath"},
                                                     {"name", "str"},
                                                     {"stem", "str"},
                                                     {"suffix", "str"},
                                                     {"parts", "tuple[str, ...]"}};
static const struct member HAS_OS_DIRENTRY[] = {{"name", "str"}, {"path", "str"}};
static const struct member HAS_REQUESTS_RESPONSE[] = {
    {"text", "str"}, {"content", "bytes"}, {"status_code", "int"}, {"url", "str"}};
static const struct member HAS_SUBPROCESS_POPEN[] = {
    {"stdin", "IO"}, {"stdout", "IO"}, {"stderr", "IO"}, {"pid", "int"}, {"returncode", "int | None"}};
static const struct member HAS_SQLITE3_CURSOR[] = {{"rowcount", "int"}, {"lastrowid", "int | None"}};
static const struct member HAS_THREADING_THREAD[] = {{"name", "str"}, {"daemon", "bool"}};
static const struct member HAS_RE_PATTERN[] = {
    {"pattern", "str"}, {"groups", "int"}, {"groupindex", "dict[str, int]"}};
static const struct member HAS_RE_MATCH[] = {{"string", "str"}, {"pos", "int"}};
static const struct member HAS_URLLIB_PARSE_PARSERESULT[] = {{"scheme", "str"}, {"netloc", "str"},
                                                             {"path", "str"},   {"params", "str"},
                                                             {"query", "str"},  {"fragment", "str"}};
static const struct member HAS_URLLIB_PARSE_SPLITRESULT[] = {
    {"scheme", "str"}, {"netloc", "str"}, {"path", "str"}, {"query", "str"}, {"fragment", "str"}};

static const struct owner READ[] = {
    {"sys", HAS_SYS, COUNT_OF(HAS_SYS)},
    {"os", HAS_OS, COUNT_OF(HAS_OS)},
    {"string", HAS_STRING, COUNT_OF(HAS_STRING)},
    {"pathlib.Path", HAS_PATHLIB_PATH, COUNT_OF(HAS_PATHLIB_PATH)},
    {"pathlib.PurePath", HAS_PATHLIB_PUREPATH, COUNT_OF(HAS_PATHLIB_PUREPATH)},
    {"os.DirEntry", HAS_OS_DIRENTRY, COUNT_OF(HAS_OS_DIRENTRY)},
    {"requests.Response", HAS_REQUESTS_RESPONSE, COUNT_OF(HAS_REQUESTS_RESPONSE)},
    {"subprocess.Popen", HAS_SUBPROCESS_POPEN, COUNT_OF(HAS_SUBPROCESS_POPEN)},
    {"sqlite3.Cursor", HAS_SQLITE3_CURSOR, COUNT_OF(HAS_SQLITE3_CURSOR)},
    {"threading.Thread", HAS_THREADING_THREAD, COUNT_OF(HAS_THREADING_THREAD)},
    {"re.Pattern", HAS_RE_PATTERN, COUNT_OF(HAS_RE_PATTERN)},
    {"re.Match", HAS_RE_MATCH, COUNT_OF(HAS_RE_MATCH)},
    {"urllib.parse.ParseResult", HAS_URLLIB_PARSE_PARSERESULT, COUNT_OF(HAS_URLLIB_PARSE_PARSERESULT)},
    {"urllib.parse.SplitResult", HAS_URLLIB_PARSE_SPLITRESULT, COUNT_OF(HAS_URLLIB_PARSE_SPLITRESULT)},
};

const char *python_given_by(const struct owner *owners, size_t count, struct view path, struct view name)
{
    for (const struct owner *owner = owners; owner < owners + count; owner++) {
        if (!view_is(path, owner->path))
            continue;
        for (const struct member *member = owner->members; member < owner->members + owner->count; member++)
            if (view_is(name, member->name))
                return member->gives;
    }
    return NULL;
}

const char *python_gives_called(struct view owner, struct view name)
{
    const char *gives = python_given_by(CALLED, COUNT_OF(CALLED), owner, name);
    if (gives == NULL)
        gives = python_package_called(owner, name);
    return gives != NULL ? gives : python_arrays_called(owner, name);
}

const char *python_gives_read(struct view owner, struct view name)
{
    const char *gives = python_given_by(READ, COUNT_OF(READ), owner, name);
    return gives != NULL ? gives : python_arrays_read(owner, name);
}

bool python_gives_some(struct view name)
{
    for (const struct owner *owner = READ; owner < READ + COUNT_OF(READ); owner++)
        if (python_given_by(owner, 1, view_of(owner->path), name) != NULL)
            return true;
    return python_arrays_have(name);
}
