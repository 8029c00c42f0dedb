/* What the packages of databases and services give: clients, connections, cursors, answers. Written as in
 * python_library.c. Source: the packages' own references. */
#include "facts/python_internal.h"

static const struct member PSYCOPG2[] = {{"connect", "psycopg2.extensions.connection"}};
static const struct member PSYCOPG2_CONNECTION[] = {{"cursor", "psycopg2.extensions.cursor"}};
static const struct member PSYCOPG[] = {{"connect", "psycopg.Connection"}};
static const struct member PSYCOPG_CONNECTION[] = {{"cursor", "psycopg.Cursor"},
                                                   {"execute", "psycopg.Cursor"}};
static const struct member PYMYSQL[] = {{"connect", "pymysql.connections.Connection"}};
static const struct member PYMYSQL_CONNECTION[] = {{"cursor", "pymysql.cursors.Cursor"}};
static const struct member MYSQLDB[] = {{"connect", "MySQLdb.connections.Connection"},
                                        {"Connect", "MySQLdb.connections.Connection"}};
static const struct member MYSQLDB_CONNECTION[] = {{"cursor", "MySQLdb.cursors.Cursor"}};
static const struct member MYSQL_CONNECTOR[] = {{"connect", "mysql.connector.MySQLConnection"}};
static const struct member MYSQL_CONNECTOR_CONNECTION[] = {{"cursor", "mysql.connector.MySQLCursor"}};
static const struct member PYODBC[] = {{"connect", "pyodbc.Connection"}};
static const struct member PYODBC_CONNECTION[] = {{"cursor", "pyodbc.Cursor"}, {"execute", "pyodbc.Cursor"}};
static const struct member ORACLEDB[] = {{"connect", "oracledb.Connection"}};
static const struct member ORACLEDB_CONNECTION[] = {{"cursor", "oracledb.Cursor"}};
static const struct member REDIS[] = {{"from_url", "redis.Redis"}};
static const struct member REDIS_CLASS[] = {{"from_url", "redis.Redis"}};
static const struct member REDIS_ASYNCIO[] = {{"from_url", "redis.asyncio.Redis"}};
static const struct member BOTO3[] = {{"client", "botocore.client.BaseClient"}, {"Session", "boto3.Session"}};
static const struct member BOTO3_SESSION[] = {{"client", "botocore.client.BaseClient"}};
static const struct member HTTPX[] = {{"get", "httpx.Response"},     {"post", "httpx.Response"},
                                      {"put", "httpx.Response"},     {"patch", "httpx.Response"},
                                      {"delete", "httpx.Response"},  {"head", "httpx.Response"},
                                      {"options", "httpx.Response"}, {"request", "httpx.Response"}};
static const struct member HTTPX_CLIENT[] = {
    {"get", "httpx.Response"},     {"post", "httpx.Response"},    {"put", "httpx.Response"},
    {"patch", "httpx.Response"},   {"delete", "httpx.Response"},  {"head", "httpx.Response"},
    {"options", "httpx.Response"}, {"request", "httpx.Response"}, {"send", "httpx.Response"}};

static const struct owner PACKAGES[] = {
    {"psycopg2", PSYCOPG2, COUNT_OF(PSYCOPG2)},
    {"psycopg2.extensions.connection", PSYCOPG2_CONNECTION, COUNT_OF(PSYCOPG2_CONNECTION)},
    {"psycopg", PSYCOPG, COUNT_OF(PSYCOPG)},
    {"psycopg.Connection", PSYCOPG_CONNECTION, COUNT_OF(PSYCOPG_CONNECTION)},
    {"pymysql", PYMYSQL, COUNT_OF(PYMYSQL)},
    {"pymysql.connections.Connection", PYMYSQL_CONNECTION, COUNT_OF(PYMYSQL_CONNECTION)},
    {"MySQLdb", MYSQLDB, COUNT_OF(MYSQLDB)},
    {"MySQLdb.connections.Connection", MYSQLDB_CONNECTION, COUNT_OF(MYSQLDB_CONNECTION)},
    {"mysql.connector", MYSQL_CONNECTOR, COUNT_OF(MYSQL_CONNECTOR)},
    {"mysql.connector.MySQLConnection", MYSQL_CONNECTOR_CONNECTION, COUNT_OF(MYSQL_CONNECTOR_CONNECTION)},
    {"pyodbc", PYODBC, COUNT_OF(PYODBC)},
    {"pyodbc.Connection", PYODBC_CONNECTION, COUNT_OF(PYODBC_CONNECTION)},
    {"oracledb", ORACLEDB, COUNT_OF(ORACLEDB)},
    {"oracledb.Connection", ORACLEDB_CONNECTION, COUNT_OF(ORACLEDB_CONNECTION)},
    {"redis", REDIS, COUNT_OF(REDIS)},
    {"redis.Redis", REDIS_CLASS, COUNT_OF(REDIS_CLASS)},
    {"redis.asyncio", REDIS_ASYNCIO, COUNT_OF(REDIS_ASYNCIO)},
    {"boto3", BOTO3, COUNT_OF(BOTO3)},
    {"boto3.Session", BOTO3_SESSION, COUNT_OF(BOTO3_SESSION)},
    {"httpx", HTTPX, COUNT_OF(HTTPX)},
    {"httpx.Client", HTTPX_CLIENT, COUNT_OF(HTTPX_CLIENT)},
};

const char *python_package_called(struct view owner, struct view name)
{
    return python_given_by(PACKAGES, COUNT_OF(PACKAGES), owner, name);
}
