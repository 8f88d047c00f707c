-- KEYS q1 log1 q2 log2 …; ARGV candidate incarnation. Answers inc1 id1 seq1 inc2 id2 seq2 …
local out = {}
for i = 1, #KEYS, 2 do
  local s = state(KEYS[i], KEYS[i + 1], ARGV[1])
  out[#out + 1] = s[1]
  out[#out + 1] = s[4]
  out[#out + 1] = s[2]
end
return out
