"""Reads recorded cases of Alembic's operations and prints each as JSON, one a line.

    read_cases.py FILE.jsonl

The `op` of a case is a list of calls as Alembic records them, or a piece of a migration as its author wrote it. It becomes a
list of {"call", "args", "kwargs"}. In the arguments an expression is {"sql": parts} with identifiers as [name], a name that
no convention may touch {"f": name}, a constructed thing a call again. What a record does not hold, and what is not a call of
a directive, is told as "reason" in place of the calls.
"""
import datetime
import decimal
import json
import sys
import uuid

import statements
from calls import Call, Columns, Name, Reader, Text
from expressions import Column, Identifier, Sql, Table, Unsupported
from recorded import read_records


def part(value):
    if isinstance(value, Identifier):
        return [str(value)]
    return {"type": plain(value.arguments[0])} if isinstance(value, Call) else value


def plain(value):
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Column):
        return {"column": value.name}
    if isinstance(value, Sql):
        return {"sql": [part(item) for item in value.parts()]}
    if isinstance(value, Name):
        return {"f" if value.manner == "final" else "quoted": value.text}
    if isinstance(value, Call):
        return construction(value)
    if isinstance(value, Table):
        return {"table": value.name, "schema": value.schema, "source": plain(value.source) if value.source else None}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {"pairs": [[plain(key), plain(item)] for key, item in value.items()]}
    return constant(value)


def constant(value):
    if isinstance(value, decimal.Decimal):
        return {"number": str(value)}
    if isinstance(value, (datetime.date, datetime.time, uuid.UUID)):
        return str(value)
    raise Unsupported(f"a constant of {type(value).__name__}")


def key_of_index(value):
    """SQLAlchemy puts the expressions of an index into parentheses where they are more than a call."""
    return Sql(value.grouped()) if isinstance(value, Sql) and not isinstance(value, Column) else value


def construction(call):
    arguments = call.arguments
    if call.name == "Index":
        arguments = [arguments[0], *map(key_of_index, arguments[1:])]
    if call.name == "DefaultClause":
        return plain(arguments[0])
    return {"call": call.name, "args": plain(arguments), "kwargs": {key: plain(item) for key, item in call.options.items()}}


def json_column(table, name):
    column = table.columns.get(name) if table.columns else None
    return column is not None and column.type_ in ("JSON", "JSONB")


def inserts(call):
    """One call for each run of rows that have the same columns, in the order of the table."""
    table, rows = call.arguments[0], call.arguments[1]
    groups = []
    for row in rows:
        known = table.columns or (groups[-1][0] if groups and set(groups[-1][0]) == set(row) else row)
        order = [name for name in known if name in row]
        values = [json.dumps(row[name]) if json_column(table, name) and row[name] is not None else row[name] for name in order]
        if not groups or groups[-1][0] != order:
            groups.append((order, []))
        groups[-1][1].append(values)
    return [{"call": "bulk_insert", "args": [table.name, order, plain(values)], "kwargs": {"schema": table.schema}}
            for order, values in groups]


def directive(call):
    arguments = call.arguments
    if call.name == "bulk_insert":
        return inserts(call)
    if call.name == "create_index" and len(arguments) > 2:
        columns = arguments[2] if isinstance(arguments[2], (list, tuple)) else [arguments[2]]
        arguments = [*arguments[:2], [key_of_index(column) for column in columns], *arguments[3:]]
    if call.name == "execute":
        statement = arguments[0]
        if not isinstance(statement, str):
            statement = Sql(lambda qualified, parts=statements.as_sql(statement).parts(True): parts)
        return [{"call": "execute", "args": [plain(statement)], "kwargs": {}}]
    return [construction(Call(call.name, arguments, call.options))]


def calls_of(case):
    convention = bool(case.get("naming_convention"))
    source = case["op"]
    if isinstance(source, str):
        return Reader().read(source)
    return read_records(source, case.get("sql", []), convention)


def read(case):
    result = {key: case.get(key) for key in ("id", "case", "sql", "error", "naming_convention")}
    result["source"] = case["op"] if isinstance(case["op"], str) else "\n".join(case["op"])
    try:
        result["calls"] = [item for call in calls_of(case) for item in directive(call)]
    except Unsupported as problem:
        result["reason"] = str(problem)
    except Exception as problem:  # one case that can't be read must not hide the others
        result["reason"] = f"{type(problem).__name__}: {problem}"
    return result


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                print(json.dumps(read(json.loads(line))))


main()
