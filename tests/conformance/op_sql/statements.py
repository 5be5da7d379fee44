"""Statements that op.execute() is handed as constructs: insert(), update(), delete(), select()."""
from expressions import Identifier, Sql, Unsupported, connected, joined, literal, raw


class Statement:
    def __init__(self, kind, table, columns=()):
        self.kind = kind
        self.table = table
        self.columns = columns
        self.conditions = []
        self.assignments = {}
        self.rows = None

    def method(self, name, arguments, options):
        if name == "where":
            self.conditions += arguments
        elif name == "values":
            values = arguments[0] if arguments else {}
            if isinstance(values, (list, tuple)):
                self.rows = values
            else:
                self.assignments.update({getattr(key, "name", key): value for key, value in {**values, **options}.items()})
        elif name == "execution_options":
            pass
        else:
            raise Unsupported(f"the method {name}() of a statement")
        return self

    def ordered(self, values):
        known = list(self.table.columns or ())
        order = [name for name in known if name in values]
        return order + [name for name in values if name not in order]

    def where(self):
        if not self.conditions:
            return []
        return [" WHERE ", *connected("AND", self.conditions).parts(qualified=True)]

    def parts(self):
        table = self.table.parts() if self.table is not None else []
        if self.kind == "delete":
            return ["DELETE FROM ", *table, *self.where()]
        if self.kind == "update":
            sets = [self.assignment(name) for name in self.ordered(self.assignments)]
            return ["UPDATE ", *table, " SET ", *joined(sets, ", ")(True), *self.where()]
        if self.kind == "insert":
            rows = self.rows if self.rows is not None else [self.assignments]
            names = self.ordered(rows[0])
            columns = joined([lambda qualified, name=name: [Identifier(name)] for name in names], ", ")(True)
            values = joined([lambda qualified, row=row: self.row(row, names) for row in rows], ", ")(True)
            return ["INSERT INTO ", *table, " (", *columns, ") VALUES ", *values]
        return self.select()

    def assignment(self, name):
        value = literal(self.assignments[name]).grouped()
        return lambda qualified: [Identifier(name), "=", *value(qualified)]

    def row(self, row, names):
        return ["(", *joined([literal(row[name]).write for name in names], ", ")(True), ")"]

    def select(self):
        columns = []
        tables = []
        for item in self.columns:
            columns += item.columns.values() if hasattr(item, "source") else [literal(item)]
        for column in columns:
            table = getattr(column, "table", None)
            if table is not None and table not in tables:
                tables.append(table)
        parts = ["SELECT ", *joined([column.write for column in columns], ", ")(True)]
        if tables:
            parts += [" FROM ", *joined([lambda qualified, table=table: table.parts() for table in tables], ", ")(True)]
        return [*parts, *self.where()]


def from_table(table, name):
    """t.update(), t.insert(), t.delete()"""
    if name not in ("insert", "update", "delete"):
        raise Unsupported(f"the method {name}() of a table")
    return Statement(name, table)


def as_sql(value):
    """What op.execute() was given, as an expression."""
    if isinstance(value, str):
        return raw(value)
    if isinstance(value, Statement):
        parts = value.parts()
        return Sql(lambda qualified: parts)
    if isinstance(value, Sql):
        return value
    raise Unsupported(f"execute() of {type(value).__name__}")
