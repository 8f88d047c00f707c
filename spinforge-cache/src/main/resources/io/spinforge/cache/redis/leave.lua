-- KEYS nodes; ARGV node. Notes that a node reads the logs no more. Answers 1, or 0 if it was not there
return {redis.call('HDEL', KEYS[1], ARGV[1])}
