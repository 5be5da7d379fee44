"""The calls of op that a piece of a migration makes, read from its syntax; nothing is executed.

Values are Python's constants, lists and dictionaries; expressions and tables of expressions.py; statements of statements.py;
and Call for whatever else is constructed: Column(…), String(50), Index(…).
"""
import ast
import datetime
import decimal
import operator
import re
import uuid

import expressions as sql
import statements
from expressions import Sql, Table, Unsupported

MODULES = {"sa", "sqlalchemy", "postgresql", "pg", "schema", "sqltypes", "types", "sql", "dialects", "datetime", "dt", "uuid",
           "decimal", "expression"}
BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%", ast.BitAnd: "AND", ast.BitOr: "OR"}
COMPARED = {ast.Eq: "=", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
FOLDED = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Mod: operator.mod,
          ast.Div: operator.truediv}
# Directives of a batch take the table's name behind the constraint's, all others before everything.
NAMED_FIRST = {"create_unique_constraint", "create_check_constraint", "create_foreign_key", "create_primary_key",
               "create_exclude_constraint", "create_index", "drop_constraint"}
CONSTANTS = {"datetime": datetime.datetime, "date": datetime.date, "time": datetime.time, "timedelta": datetime.timedelta,
             "Decimal": decimal.Decimal, "UUID": uuid.UUID}


class Call:
    """Of a constructor, or of a directive of op."""

    def __init__(self, name, arguments=(), options=None):
        self.name = name
        self.arguments = list(arguments)
        self.options = dict(options or {})


class Name:
    """op.f("…") is `final`, quoted_name("…", True) is `quoted`."""

    def __init__(self, text, manner):
        self.text = text
        self.manner = manner


class Text(Sql):
    """text("…"); a bound parameter is :name, a colon \\:"""

    def __init__(self, source, values=None):
        self.source = source
        text = re.sub(r"(?<![:\w\\]):(\w+)", lambda found: self.bound(found, values or {}), source).replace("\\:", ":")
        super().__init__(lambda qualified: [text])

    @staticmethod
    def bound(found, values):
        return sql.literal_text(values[found[1]]) if found[1] in values else found[0]


class Operations:
    """The name `op`."""


class Batch:
    def __init__(self, table, schema):
        self.table = table
        self.schema = schema


class Module:
    def __init__(self, name):
        self.name = name


class Functions:
    """The name `func`."""


class Columns:
    """The `c` of a table."""

    def __init__(self, table):
        self.table = table


class Reader:
    def __init__(self):
        self.calls = []
        self.names = {"op": Operations(), "func": Functions()}

    def read(self, source):
        for statement in ast.parse(source).body:
            self.statement(statement)
        return self.calls

    def statement(self, node):
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass)):
            return
        if isinstance(node, ast.Expr):
            self.value(node.value)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            self.assign(node.targets[0], self.value(node.value))
        elif isinstance(node, ast.For):
            for item in self.value(node.iter):
                self.assign(node.target, item)
                for inner in node.body:
                    self.statement(inner)
        elif isinstance(node, ast.With):
            for item in node.items:
                held = self.value(item.context_expr)
                if item.optional_vars is not None:
                    self.assign(item.optional_vars, held)
            for inner in node.body:
                self.statement(inner)
        else:
            raise Unsupported(f"the statement {type(node).__name__}")

    def assign(self, target, value):
        if isinstance(target, ast.Name):
            self.names[target.id] = value
        elif isinstance(target, ast.Tuple):
            for one, item in zip(target.elts, value):
                self.assign(one, item)
        else:
            raise Unsupported("an assignment to something else than a name")

    def value(self, node):
        reader = getattr(self, "value_" + type(node).__name__, None)
        if reader is None:
            raise Unsupported(f"the expression {type(node).__name__}")
        return reader(node)

    def value_Constant(self, node):
        return node.value

    def value_List(self, node):
        return [self.value(item) for item in node.elts]

    def value_Tuple(self, node):
        return tuple(self.value(item) for item in node.elts)

    value_Set = value_List

    def value_Dict(self, node):
        return {self.value(key): self.value(value) for key, value in zip(node.keys, node.values)}

    def value_Name(self, node):
        if node.id in self.names:
            return self.names[node.id]
        return Module(node.id) if node.id in MODULES else Call(node.id)

    def value_Attribute(self, node):
        return attribute(self.value(node.value), node.attr)

    def value_Subscript(self, node):
        held = self.value(node.value)
        key = self.value(node.slice)
        return held.table.column(key) if isinstance(held, Columns) else held[key]

    def value_UnaryOp(self, node):
        held = self.value(node.operand)
        if isinstance(held, Sql):
            return sql.negation(held) if isinstance(node.op, ast.Invert) else sql.Sql(
                lambda qualified: ["-", *held.parts(qualified)])
        return -held if isinstance(node.op, ast.USub) else not held

    def value_BinOp(self, node):
        left, right = self.value(node.left), self.value(node.right)
        if not isinstance(left, Sql) and not isinstance(right, Sql):
            return FOLDED[type(node.op)](left, right)
        symbol = BINARY[type(node.op)]
        if symbol in ("AND", "OR"):
            return sql.connected(symbol, [left, right])
        return sql.binary(left, symbol, right)

    def value_Compare(self, node):
        if len(node.ops) != 1:
            raise Unsupported("a comparison of three")
        return sql.binary(self.value(node.left), COMPARED[type(node.ops[0])], self.value(node.comparators[0]))

    def value_Call(self, node):
        arguments = []
        for item in node.args:
            if isinstance(item, ast.Starred):
                arguments += self.value(item.value)
            else:
                arguments.append(self.value(item))
        options = {}
        for keyword in node.keywords:
            options.update({keyword.arg: self.value(keyword.value)} if keyword.arg else self.value(keyword.value))
        if not isinstance(node.func, ast.Attribute):
            called = self.value(node.func)
            if callable(called):
                return called(*arguments)
            return constructed(called.name, arguments, options)
        return self.method(self.value(node.func.value), node.func.attr, arguments, options)

    def method(self, held, name, arguments, options):
        if isinstance(held, Operations):
            return self.directive(name, arguments, options)
        if isinstance(held, Batch):
            return self.in_batch(held, name, arguments, options)
        if isinstance(held, Functions):
            return sql.function(name, arguments)
        if isinstance(held, Module):
            return constructed(name, arguments, options)
        if isinstance(held, Text) and name == "bindparams":
            return Text(held.source, options)
        if isinstance(held, Sql):
            return sql.method(held, name, arguments, options)
        if isinstance(held, statements.Statement):
            return held.method(name, arguments, options)
        if isinstance(held, Table) and name in ("create", "drop"):
            return self.directive(name + "_table", [held], {})
        if isinstance(held, Table):
            return statements.from_table(held, name)
        if isinstance(held, Call):
            return self.method_of_call(held, name, arguments, options)
        raise Unsupported(f"the method {name}() of {type(held).__name__}")

    def method_of_call(self, held, name, arguments, options):
        if held.name in CONSTANTS and name in ("fromisoformat", "strptime"):
            return getattr(CONSTANTS[held.name], name)(*arguments)
        if name == "with_variant":
            return as_call(arguments[0]) if "postgresql" in arguments[1:] else held
        if name in ("create", "drop"):
            kind = {"ENUM": "enum", "Enum": "enum", "DOMAIN": "domain", "Sequence": "sequence"}.get(held.name)
            if kind:
                return self.directive(f"{name}_{kind}", [held], {})
        if name == "next_value":
            return sql.raw(f"nextval('{held.arguments[0]}')")
        if name == "autocommit_block":
            return None
        raise Unsupported(f"the method {name}() of {held.name}")

    def directive(self, name, arguments, options):
        if name == "f":
            return Name(arguments[0], "final")
        if name == "inline_literal":
            return sql.raw(sql.literal_text(arguments[0]))
        if name in ("get_bind", "get_context"):
            return Call(name)
        if name == "batch_alter_table":
            return Batch(arguments[0] if arguments else options["table_name"], options.get("schema"))
        if name == "execute" and isinstance(arguments[0], Call):
            return self.execute_call(arguments[0])
        self.calls.append(Call(name, arguments, options))
        if name == "create_table" and isinstance(arguments[0], str):
            return table(arguments[0], arguments[1:], options)
        return None

    def execute_call(self, held):
        names = {"CreateSequence": "create_sequence", "DropSequence": "drop_sequence", "CreateSchema": "create_schema",
                 "DropSchema": "drop_schema", "CreateTable": "create_table", "DropTable": "drop_table"}
        if held.name == "DDL":
            return self.directive("execute", held.arguments, {})
        if held.name not in names:
            raise Unsupported(f"execute() of {held.name}")
        return self.directive(names[held.name], held.arguments, held.options)

    def in_batch(self, batch, name, arguments, options):
        if batch.schema is not None:
            options = {**options, "source_schema" if name == "create_foreign_key" else "schema": batch.schema}
        if name == "drop_index":
            return self.directive(name, arguments, {"table_name": batch.table, **options})
        place = 1 if name in NAMED_FIRST else 0
        return self.directive(name, [*arguments[:place], batch.table, *arguments[place:]], options)


def as_call(value):
    return value if isinstance(value, Call) else Call(value.name)


def attribute(held, name):
    if isinstance(held, (Module, Operations)):
        return Module(name) if name in MODULES else Call(name)
    if isinstance(held, Table) and name in ("c", "columns"):
        return Columns(held)
    if isinstance(held, Columns):
        return held.table.column(name)
    if isinstance(held, Call):
        return Call(name)
    raise Unsupported(f"the attribute {name}")


def type_name(value):
    return value.name if isinstance(value, Call) else None


def table(name, items, options):
    result = Table(name, {}, options.get("schema"), Call("Table", [name, *items], options))
    for item in items:
        if isinstance(item, Call) and item.name == "Column":
            types = [type_name(argument) for argument in item.arguments[1:] if isinstance(argument, Call)]
            result.columns[item.arguments[0]] = sql.Column(item.arguments[0], result, types[0] if types else None)
        elif isinstance(item, sql.Column):
            item.table = result
            result.columns[item.name] = item
    return result


def cast(value, type_):
    inner = sql.literal(value).write
    words = ["CAST(", " AS ", Call("type", [type_]), ")"]
    return Sql(lambda qualified: [words[0], *inner(qualified), words[1], words[2], words[3]])


BUILT = {
    "text": lambda source: Text(source),
    "literal_column": lambda source, *rest: sql.raw(source),
    "literal": lambda value, *rest: sql.literal(value),
    "column": lambda name, *rest: sql.Column(name, None, type_name(rest[0]) if rest else None),
    "null": lambda: sql.raw("NULL"),
    "true": lambda: sql.raw("true"),
    "false": lambda: sql.raw("false"),
    "and_": lambda *conditions: sql.connected("AND", conditions),
    "or_": lambda *conditions: sql.connected("OR", conditions),
    "not_": sql.negation,
    "cast": cast,
    "insert": lambda held: statements.Statement("insert", held),
    "update": lambda held: statements.Statement("update", held),
    "delete": lambda held: statements.Statement("delete", held),
    "select": lambda *columns: statements.Statement("select", None, columns),
    "conv": lambda text: Name(text, "final"),
    "collate": lambda value, name: sql.method(value, "collate", [name], {}),
}


def constructed(name, arguments, options):
    if name in CONSTANTS and not (name == "UUID" and not (arguments and isinstance(arguments[0], str))):
        return CONSTANTS[name](*arguments, **options)
    if name == "quoted_name":
        wanted = arguments[1] if len(arguments) > 1 else options.get("quote")
        return Name(arguments[0], "quoted") if wanted else arguments[0]
    if name == "table":
        return table(arguments[0], arguments[1:], options)
    if name == "Table":
        return table(arguments[0], arguments[2:], options)
    if name in ("desc", "asc", "nulls_first", "nullsfirst", "nulls_last", "nullslast"):
        return sql.method(arguments[0], name, [], {})
    if name in BUILT:
        return BUILT[name](*arguments)
    return Call(name, arguments, options)
