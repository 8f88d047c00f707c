(function(){
var live=document.getElementById('live'),busy=false;
document.documentElement.classList.add('js');
function say(text,off){live.textContent=text;live.className=off?'off':'';}
function parts(doc){return doc.querySelectorAll('section[id],#unbound,.at time');}
function key(e){return e.id||'time';}
function swap(doc){
  var now={},gone=false;
  parts(document).forEach(function(e){now[key(e)]=e;});
  parts(doc).forEach(function(e){
    var old=now[key(e)];
    if(!old){gone=true;return;}
    delete now[key(e)];
    if(old.outerHTML===e.outerHTML||old.contains(document.activeElement)&&key(e)!=='time')return;
    var open={};
    old.querySelectorAll('details[open]>summary').forEach(function(s){open[s.textContent]=1;});
    e.querySelectorAll('details>summary').forEach(function(s){if(open[s.textContent])s.parentNode.open=true;});
    old.replaceWith(document.importNode(e,true));
  });
  if(gone||Object.keys(now).length){document.querySelector('main').replaceWith(document.importNode(doc.querySelector('main'),true));}
  document.title=doc.title;
}
function poll(){
  if(busy||document.hidden)return;
  busy=true;
  fetch(location.pathname,{cache:'no-store'}).then(function(r){
    if(!r.ok)throw new Error(r.status);
    return r.text();
  }).then(function(t){
    swap(new DOMParser().parseFromString(t,'text/html'));
    say('live,');
  }).catch(function(){say('no answer since',true);}).then(function(){busy=false;});
}
document.addEventListener('click',function(v){
  var b=v.target;
  if(!b.classList||!b.classList.contains('copy'))return;
  var code=b.parentNode.querySelector('code'),range=document.createRange();
  range.selectNodeContents(code);
  var s=getSelection();s.removeAllRanges();s.addRange(range);
  if(navigator.clipboard)navigator.clipboard.writeText(code.textContent).then(function(){
    b.textContent='copied';setTimeout(function(){b.textContent='copy';},1500);
  },function(){});
});
setInterval(poll,+document.querySelector('main').dataset.every);
say('live,');
})();
