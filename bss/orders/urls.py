from django.urls import path

from .views import OrderList, OrderPage

urlpatterns = [
    path("", OrderList.as_view(), name="orders"),
    path("<slug:number>/", OrderPage.as_view(), name="order"),
]
