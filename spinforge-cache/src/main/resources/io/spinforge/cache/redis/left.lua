-- KEYS missing. Answers how many nodes have not answered a barrier; -1 if that is forgotten
return {redis.call('SCARD', KEYS[1]) - 1}
