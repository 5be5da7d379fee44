"""asyncpg on uvloop as bench/streaming.cpp wants it: a word a line in; out, the seconds by the clock, the seconds
of its own CPU, and the rows."""
import asyncio
import sys
import time

import asyncpg
import uvloop

READ = "SELECT id, conversation_id, role, content, created_at FROM messages LIMIT 10000"


async def main():
    connection = await asyncpg.connect(sys.argv[1])
    await connection.execute("CREATE TEMP TABLE copied(a int, b text, c float8)")
    records = [(i, f"row {i}", i * 0.5) for i in range(100_000)]
    for line in sys.stdin:
        await connection.execute("TRUNCATE copied")
        begin, cpu = time.perf_counter(), time.process_time()
        if line.strip() == "read":
            count = len(await connection.fetch(READ))
        else:
            await connection.copy_records_to_table("copied", records=records)
            count = len(records)
        print(time.perf_counter() - begin, time.process_time() - cpu, count, flush=True)


uvloop.install()
asyncio.run(main())
