"""asyncpg on uvloop: point reads a second. Arguments: URL, connections, seconds."""
import asyncio
import random
import sys
import time

import asyncpg
import uvloop


async def main(url, connections, seconds):
    pool = await asyncpg.create_pool(url, min_size=connections, max_size=connections)
    statement = "SELECT * FROM customers WHERE id = $1"
    done = 0

    async def reader(end):
        nonlocal done
        async with pool.acquire() as connection:
            while time.perf_counter() < end:
                await connection.fetchrow(statement, random.randint(1, 10000))
                done += 1

    await asyncio.gather(*[reader(time.perf_counter() + 0.2) for _ in range(connections)])
    done = 0
    start = time.perf_counter()
    await asyncio.gather(*[reader(start + seconds) for _ in range(connections)])
    print(done / (time.perf_counter() - start))
    await pool.close()


uvloop.install()
asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
