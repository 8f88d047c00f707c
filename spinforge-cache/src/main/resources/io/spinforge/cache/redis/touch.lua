-- KEYS q log v; ARGV ms to keep it. Starts an entry's life anew, if it is there
return {redis.call('PEXPIRE', KEYS[3], ARGV[1])}
