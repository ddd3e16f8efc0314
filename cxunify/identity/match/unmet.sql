select x.node as a, y.node as b, 0::utinyint as agree
from identity.drafts as x
join identity.drafts as y on y.cluster = x.cluster and y.node > x.node
anti join identity.comparisons as c on c.a = x.node and c.b = y.node
